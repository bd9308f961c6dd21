"""Where the shards of a run can run, beyond this machine."""
