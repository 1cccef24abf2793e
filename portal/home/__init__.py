"""The first page, how it works, and whether the portal is well."""
