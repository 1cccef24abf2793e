"""What is held about people: said in one register, forgotten in time, handed out and erased on request."""
