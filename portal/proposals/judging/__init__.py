"""The holder's answer, the panel's test, the decision and its result."""
