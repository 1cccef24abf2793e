"""What a let costs: rent, deposits, payment by card."""
