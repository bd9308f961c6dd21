"""The averaging service: makes one model of what the secure environments of a cycle trained (row-weighted federated averaging)."""
