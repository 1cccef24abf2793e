"""Questions about who owns a place, tracked and published."""
