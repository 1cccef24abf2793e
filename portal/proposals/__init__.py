"""The claim on vacant land and empty buildings."""
