"""The area administrator sets the area up: its look, its policy, who has which role."""
