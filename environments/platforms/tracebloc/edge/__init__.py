"""A secure environment: its services as a group, and what they share to speak with the backend and about pods."""
