"""What the steps of the observatory call: its clients, and the scene of a scenario."""
