"""Finds what a run made outside of its own folders, by name and label, and removes it."""
