"""The commands that tracebloc adds to `ringmaster`."""
