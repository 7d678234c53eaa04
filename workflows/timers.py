"""What happens by itself when a deadline passes."""
