"""Tables of hearings."""
