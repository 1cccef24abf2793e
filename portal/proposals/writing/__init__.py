"""The group's side: drafts in parts, files, what is said in public and taken out again."""
