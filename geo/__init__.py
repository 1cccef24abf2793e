"""Geometry and coordinates; knows nothing of the portal."""
