"""Where tracebloc keeps things: the datasets' databases and the object store."""
