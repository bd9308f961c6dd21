"""What came of a run: one frozen, redacted result a scenario, the record of the run, merged shards, reliability over many runs."""
