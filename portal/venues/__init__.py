"""Rooms of buildings: when they are open, who opens them, what they cost, what is in them."""
