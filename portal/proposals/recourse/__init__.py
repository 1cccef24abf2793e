"""More time by agreement, and a second look by others."""
