"""Processes started fast, known to end, none left behind: a server that forks from preloaded modules, and its client."""
