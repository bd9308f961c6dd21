"""Data on its way into a secure environment, and the checks after it."""
