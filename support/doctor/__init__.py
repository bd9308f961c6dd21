"""Looks at the machine: what is there for a run, what is missing, and how to get it."""
