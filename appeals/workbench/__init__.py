"""The officer's pages: the queue, one case with its whole file, deciding, letters, figures (design 6, Queue)."""
