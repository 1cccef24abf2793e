"""Who takes part: users, groups, roles, sign-in."""
