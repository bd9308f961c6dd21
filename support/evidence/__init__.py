"""What a scenario saw and did, kept as it happens: `evidence.jsonl` in the scenario's folder."""

FILE = "evidence.jsonl"
"""In each scenario's folder; named here, since reading it takes pydantic."""
