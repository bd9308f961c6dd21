"""Tells the backend what becomes of the training pods of one secure environment."""
