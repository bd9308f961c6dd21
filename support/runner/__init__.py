"""Runs features: one platform a run, one scene a scenario, one verdict at the end."""
