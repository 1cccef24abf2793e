"""Rooms for groups: needs, matches, lets."""
