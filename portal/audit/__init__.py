"""The audit log: who did what, when and to what; each entry holds the one before it by its hash."""
