"""The broker's pages of a round."""
