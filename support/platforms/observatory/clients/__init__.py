"""Clients of the observatory's services and servers; they know neither behave nor where anything runs."""
