"""Pages of a household's rights over its data."""
