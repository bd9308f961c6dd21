"""Answers what became of jobs: from the store, the cache and the event store."""
