"""The real servers that the platform stands on: private ones, each in a folder of the run, on loopback."""
