"""Meanwhile: public land, buildings and rooms that stand unused, and the people who would use them."""
