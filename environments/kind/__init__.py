"""The kind substrate: a platform as pods of a Kubernetes cluster, made for the run or given."""
