"""The platform as local processes on free loopback ports, with all its state in one temporary folder."""
