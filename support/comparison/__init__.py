"""Compares two runs of the same scenarios: outcomes, what the platform's services answered by shape, and the words people read."""
