"""改动记录: one search over everything that was done, and the story of each thing."""
