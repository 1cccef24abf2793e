"""The broker's queue of places to locate and verify."""
