"""What a scenario saw and did, kept as it happens: `evidence.jsonl` in the scenario's folder."""
