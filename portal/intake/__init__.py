"""The way in for registers and lists: one file read, understood, held against what is known, and written."""
