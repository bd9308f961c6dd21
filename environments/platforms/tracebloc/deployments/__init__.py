"""tracebloc on deployments that were there before the run: whether they let us in, and what is removed again."""
