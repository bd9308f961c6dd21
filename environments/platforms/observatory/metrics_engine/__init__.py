"""Counts what became of jobs, in the cache, and keeps every event in the event store."""
