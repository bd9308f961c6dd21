"""What the steps of shop call: its clients, and the scene of a scenario."""
