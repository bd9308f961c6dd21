"""What came of every run so far: one SQLite file beside the results, that only grows; behind trends, flakes, durations and shards."""
