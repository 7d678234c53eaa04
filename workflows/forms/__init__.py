"""Forms of the month and the quarter, one module per noun."""
