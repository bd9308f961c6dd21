"""Secure environments: registered, installed, or played by the scenario itself."""
