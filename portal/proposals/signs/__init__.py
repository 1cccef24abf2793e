"""The site sign and its page for the street."""
