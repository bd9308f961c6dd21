"""The evidence a whole run leaves, and `ringmaster show`."""

import json
from pathlib import Path

import pytest

from tests.runs.conftest import Outcome, Ringmaster, assert_refused

FEATURE = "features/tracebloc/ring3_platform/02_two_participants.feature"


@pytest.fixture
def failed(ringmaster: Ringmaster) -> Outcome:
    outcome = ringmaster("run", FEATURE, "--sabotage", "weights-averaged-unweighted")
    assert outcome.exit_code == 1, outcome.output
    return outcome


def test_a_failed_scenario_can_be_shown_with_everything_around_it(failed: Outcome, ringmaster: Ringmaster) -> None:
    assert f"its story: ringmaster show {FEATURE}:14" in failed.output
    story = ringmaster("show").output
    for told in ("Scenario: Two environments' weights", "request POST /use-cases/", "SDK upload_model", "pod train-", "queue experiments-"):
        assert told in story, story
    assert "the averaged weights of cycle 1 differ" in story
    assert f"Again: ringmaster run {FEATURE}:14 --sabotage weights-averaged-unweighted" in story
    folder = failed.results / "latest" / failed.record["scenarios"][0]["evidence"]
    kept = {path.stem.rpartition("-")[0] or path.stem for path in (folder / "services").iterdir()}
    assert {"backend", "averaging_service", "jobs_manager", "requests_proxy"} <= kept
    assert any(path.name.startswith("train-") for path in (folder / "pods").iterdir())
    assert_nothing_secret(folder)
    (attached,) = [
        attachment
        for result in (failed.results / "latest" / "allure-results").glob("*-result.json")
        for attachment in json.loads(result.read_text())["attachments"]
        if attachment["name"] == "story"
    ]
    assert "the averaged weights of cycle 1 differ" in (failed.results / "latest" / "allure-results" / attached["source"]).read_text()
    assert_refused(ringmaster("show", "no such words"), 2, "no scenario of run", "Two environments' weights")
    assert_refused(ringmaster("show", "--run", "yesterday"), 2, "there is no finished run")


def assert_nothing_secret(folder: Path) -> None:
    for file in folder.rglob("*"):
        if file.is_file():
            text = file.read_text(errors="replace")
            assert "@example.com" not in text, file
            assert "SharedAccessKey=" not in text.replace("SharedAccessKey=<redacted>", ""), file
