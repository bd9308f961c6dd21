"""Experiments as they are asked for and reported: starting them, the pods they run in, their results and submissions."""
