"""The command line: one module a command. Only this room puts the others together."""
