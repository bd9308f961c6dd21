"""Reads settings: from variables of one prefix, and from texts or TOML into values."""
