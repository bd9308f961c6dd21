"""Experiments with the SDK, and what their weights and metrics must have come to."""
