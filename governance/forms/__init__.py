"""Forms of the governance layer, one module per noun."""
