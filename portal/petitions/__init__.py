"""Petitions: signatures confirmed by e-mail and counted from paper; enough of them open the hearing."""
