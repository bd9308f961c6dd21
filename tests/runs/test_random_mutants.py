"""`ringmaster sabotage --random` as a command, on the second platform alone."""

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from support.mutation.equivalents import FILE, Equivalent
from tests.runs.conftest import PROJECT, Outcome, Ringmaster, assert_refused, copy_of_repository, processes_of

SERVICE = '''"""Keeps notes, and counts them, which nobody asks for."""

import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

notes = {}


class Handler(BaseHTTPRequestHandler):
    def do_PUT(self):
        notes[self.path] = self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(b"")
        count()

    def do_GET(self):
        self._answer(notes[self.path])

    def _answer(self, text):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(text)


def count():
    return len(notes) < 1000


def nobody_calls():
    return len(notes) < 1000


def main():
    ThreadingHTTPServer(("127.0.0.1", int(os.environ["HTTP_PORT"])), Handler).serve_forever()


if __name__ == "__main__":
    main()
'''
NOTES = "environments/platforms/shop/notes.py"
MARKED = Equivalent(NOTES, "count", "return len(notes) < 1000", "return len(notes) <= 1000", "nobody reads it")


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of this repository with the second platform laid over it, and a smaller service in its place."""
    root = copy_of_repository(tmp_path_factory.mktemp("repository"))
    for folder in ("environments", "support", "steps", "features"):
        shutil.copytree(root / "tests" / "second_platform" / folder, root / folder, dirs_exist_ok=True)
    (root / NOTES).write_text(SERVICE)
    return root


def mutants(ringmaster: Ringmaster, repository: Path, *arguments: str) -> tuple[Outcome, dict[str, Any]]:
    command = ("sabotage", "features/shop", "--random", "3", "--seed", "5", "--jobs", "1", *arguments)
    outcome = ringmaster(*command, folder=repository, PYTHONPATH=str(repository))
    file = outcome.results / "mutation" / "latest" / "mutants.json"
    return outcome, json.loads(file.read_text()) if file.is_file() else {}


def endings(report: dict[str, Any]) -> dict[str, str]:
    return {each["was"]: each["ending"] for each in report["mutants"]}


def test_what_a_scenario_notices_is_killed_and_the_rest_is_shown(ringmaster: Ringmaster, repository: Path, temporary: Path) -> None:
    before = (repository / NOTES).read_text()
    outcome, report = mutants(ringmaster, repository, "--random", "30")
    assert outcome.exit_code == 0, outcome.output
    found = endings(report)
    assert found["self.wfile.write(text)"] == "killed"
    assert set(found) >= {"count()", "return len(notes) < 1000"}
    assert found["count()"] == "survived"
    by_line = {each["line"]: each["ending"] for each in report["mutants"] if each["was"] == "return len(notes) < 1000"}
    assert by_line == {25: "survived", 29: "run by no scenario"}
    assert "-        count()" in outcome.output
    again = mutants(ringmaster, repository, "--at-least", "99")[0]
    assert again.exit_code == 1, again.output
    assert "Recording which lines" in outcome.output
    assert "Recording which lines" not in again.output
    assert (repository / NOTES).read_text() == before
    assert processes_of(temporary) == []
    assert list(temporary.iterdir()) == []


def test_what_is_marked_as_equivalent_is_left_out(ringmaster: Ringmaster, repository: Path) -> None:
    marks = repository / "features" / "shop" / FILE
    marks.write_text(MARKED.as_toml())
    _, report = mutants(ringmaster, repository, "--random", "30", "--no-baseline")
    marks.unlink()
    assert report["marked_as_equivalent"] == 1
    assert ("count", MARKED.becomes) not in [(each["within"], each["becomes"]) for each in report["mutants"]]


def test_a_scenario_that_fails_anyway_proves_nothing(ringmaster: Ringmaster, repository: Path) -> None:
    feature = repository / "features" / "shop" / "wrong.feature"
    feature.write_text(
        "@ring2 @p1 @budget.30\nFeature: Wrong\n  Scenario: It fails\n"
        '    When "two apples" is noted under "it"\n    Then "one" stands under "it"\n'
    )
    outcome, report = mutants(ringmaster, repository)
    feature.unlink()
    assert report["not_green"] == {"features/shop/wrong.feature:3": "failed"}
    assert "It fails" not in [each["by"] for each in report["mutants"]]
    assert "does not pass without any mutant: features/shop/wrong.feature:3 (failed)" in outcome.output


def test_when_it_is_stopped_what_is_known_is_kept_and_nothing_is_left(
    surroundings: dict[str, str], repository: Path, tmp_path: Path, temporary: Path
) -> None:
    command = [sys.executable, "-m", "support", "sabotage", "features/shop", "--random", "30", "--seed", "5", "--jobs", "1"]
    variables = surroundings | {"PYTHONPATH": str(repository), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, cwd=repository, env=variables, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        next(line for line in running.stdout if ": killed" in line or ": survived" in line)
        running.send_signal(signal.SIGTERM)
        running.stdout.read()
        assert running.wait(timeout=60) == 143
    (kept,) = (tmp_path / "out" / "mutation").glob("*-*/mutants.json")
    assert 1 <= len(json.loads(kept.read_text())["mutants"]) < 11
    assert not (tmp_path / "out" / "mutation" / "trend.jsonl").exists()
    assert processes_of(temporary) == []
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--random", "3", "--service", "note"), "Did you mean 'notes'?"),
        (("--random", "3", "--only", "shop-notes-cut-short"), "--only: do not go with --random"),
        (("--seed", "3"), "--seed: go with --random only"),
        (("--random", "0"), "0 is not in the range"),
    ],
)
def test_what_cannot_be_done_is_refused(ringmaster: Ringmaster, repository: Path, arguments: tuple[str, ...], words: str) -> None:
    outcome = ringmaster("sabotage", "features/shop", *arguments, folder=repository, PYTHONPATH=str(repository))
    assert outcome.exit_code == 2, outcome.output
    assert words in " ".join(outcome.output.split())


def test_where_the_services_code_does_not_run_it_is_refused(ringmaster: Ringmaster) -> None:
    outcome = ringmaster("sabotage", "--random", "3", RINGMASTER_SUBSTRATE="none")
    assert_refused(outcome, 2, "the substrate none does not run the services' code of this checkout: use embedded")


def test_elsewhere_than_in_the_checkout_it_is_refused(ringmaster: Ringmaster, tmp_path: Path) -> None:
    shutil.copy(PROJECT / "ringmaster.toml", tmp_path)
    assert_refused(ringmaster("sabotage", "--random", "3", folder=tmp_path), 2, "run the command there")
