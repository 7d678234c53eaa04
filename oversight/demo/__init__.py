"""What supervision adds to the story of the demo village."""
