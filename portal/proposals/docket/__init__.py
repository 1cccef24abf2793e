"""The register of all cases, past and present: search, feed, files and the figures of a year."""
