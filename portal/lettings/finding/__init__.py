"""Finding: windows of time, repairs of a broken term, needs that are kept until a room is free."""
