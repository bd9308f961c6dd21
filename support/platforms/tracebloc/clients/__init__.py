"""Clients of the platform: one a part of it that scenarios talk to; none knows behave or the substrate."""
