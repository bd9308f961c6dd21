"""What of a checkout is in the repository: the project, and nothing that a run left."""

import subprocess
from pathlib import Path

PROJECT = Path(__file__).parents[2]
RESULTS = ("run.json", "history.sqlite", "gate-decision.json", "cucumber-messages.ndjson", "evidence.jsonl")


def test_no_results_of_a_run_are_in_the_repository() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, text=True, check=True).stdout.split("\0")
    assert [file for file in listed if Path(file).name in RESULTS or "allure-results" in Path(file).parts] == []
