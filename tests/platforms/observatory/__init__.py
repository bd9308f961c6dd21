"""The platform observatory."""
