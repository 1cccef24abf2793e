"""The guide to the powers that fit an asset: what its holder and the council may do with it, with sources."""
