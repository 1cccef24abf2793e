"""Rounds: before a term groups rank rooms and times, and all of them are given at once."""
