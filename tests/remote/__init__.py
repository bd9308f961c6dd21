"""The substrate remote."""
