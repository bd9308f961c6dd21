"""Runs features: each platform started once, one scene a scenario, one verdict at the end."""
