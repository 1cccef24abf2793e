"""Areas that people watch, their letters and feeds."""
