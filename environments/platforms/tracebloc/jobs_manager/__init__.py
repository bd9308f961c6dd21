"""Turns a secure environment's work, from the `experiments` queue and from its owner's command line, into Jobs."""
