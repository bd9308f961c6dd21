"""Runs a plan on workers: gives out work, takes results in, and accounts for what is lost."""
