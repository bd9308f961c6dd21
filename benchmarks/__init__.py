"""Measurements, each run on demand."""
