"""The wheel that people install, built and run."""
