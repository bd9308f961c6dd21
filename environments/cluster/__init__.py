"""A Kubernetes cluster as services that start pods, and substrates that show them, both know it."""
