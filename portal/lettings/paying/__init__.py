"""What a let costs: its deposit or pledge, the rent month by month, and paying by card."""
