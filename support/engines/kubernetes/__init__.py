"""Runs shards as Jobs of a Kubernetes cluster: `ringmaster run --engine kubernetes --shards N`."""
