"""The compose substrate: a platform as containers of Docker."""
