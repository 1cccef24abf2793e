"""Public hearings: day and place with lawful notice, agenda, who speaks, minutes, outcome."""
