"""Places that people report as standing empty."""
