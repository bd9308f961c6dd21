"""People, their use cases and teams, what they submit, and what they are refused."""
