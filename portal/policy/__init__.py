"""An area's policy profile: held against the table of steps, and explained to a resident."""
