"""A town to try the portal in: an invented borough, or a real one with invented people."""
