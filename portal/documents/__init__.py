"""Papers made from plain data: tagged PDF by Typst, Word files, calendar files. Knows nothing of cases or people."""
