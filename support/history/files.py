"""What the files beside the results that tell of earlier runs are called. Apart, so that looking for them does not load SQLite."""

FILE = "history.sqlite"
EARLIER_FILES = DURATIONS, LEDGER = "durations.json", "flake-ledger.jsonl"
"""What earlier versions kept."""
