"""The commands of the CI files, run as they stand: a green and a red pull request, a night, a release, the same at GitLab."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from support.history.recording import add_measurement
from tests.ci.pipeline import GITLAB, Pipeline, small_project, workflow
from tests.http_server import Answered, Asked, answering

MakePipeline = Callable[..., Pipeline]


@pytest.fixture
def pipeline(tmp_path: Path) -> MakePipeline:
    def make(*, green: bool = True, **variables: str) -> Pipeline:
        (tmp_path / "artifacts").mkdir()
        given = {"RINGMASTER_LEDGER_FOLDER": str(tmp_path / "ledger"), "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"), **variables}
        return Pipeline(small_project(tmp_path / "project", green=green), tmp_path / "artifacts", given)

    return make


@pytest.fixture
def slack() -> Iterator[tuple[str, list[str]]]:
    """The address of a webhook, and what it was told."""
    told: list[str] = []

    def answer(asked: Asked) -> Answered:
        told.append(json.loads(asked.body)["text"])
        return Answered(200)

    with answering(answer) as url:
        yield f"{url}/hook", told


def decision_in(folder: Path) -> Any:  # noqa: ANN401 - JSON
    return json.loads((folder / "gate-decision.json").read_text())


def test_a_green_pull_request(pipeline: MakePipeline, tmp_path: Path) -> None:
    made = pipeline()
    made.github_job(workflow("pull-request.yml")["jobs"]["scenarios"])
    assert made.ended == {"Hold features and steps to the rules": 0, "Run the scenarios": 0, "Decide": 0}, made.output
    assert decision_in(tmp_path / "artifacts" / "results")["verdict"] == "passed"
    assert (tmp_path / "artifacts" / "results" / "latest" / "run.json").is_file()
    assert "## ✅ Ringmaster on embedded" in (tmp_path / "summary.md").read_text()


def test_a_red_pull_request_is_annotated_and_told(pipeline: MakePipeline, tmp_path: Path, slack: tuple[str, list[str]]) -> None:
    webhook, told = slack
    made = pipeline(green=False, RINGMASTER_SLACK_WEBHOOK=webhook)
    made.github_job(workflow("pull-request.yml")["jobs"]["scenarios"])
    assert made.ended["Decide"] == 1, made.output
    assert made.ended["Run the scenarios"] == 1
    assert made.ended["Tell people"] == 0
    assert told[0].startswith("*Ringmaster: The release has to wait: ")
    assert "blocks: 1 failed: features/shop.feature:11 parts work together: failed: the parts do not fit" in told[0]
    annotation = "::error file=features/shop.feature,line=12,title=blocks%3A parts work together::the parts do not fit%0Aringmaster run"
    assert annotation in made.output
    assert "| blocks | parts work together | the parts do not fit |" in (tmp_path / "summary.md").read_text()


def test_a_night_in_shards(pipeline: MakePipeline, tmp_path: Path) -> None:
    made, jobs = pipeline(), workflow("nightly.yml")["jobs"]
    for shard in jobs["scenarios"]["strategy"]["matrix"]["shard"]:
        made.fresh_machine()
        made.github_job(jobs["scenarios"], substrate="embedded", shard=shard)
        assert made.ended == {"Run the scenarios": 0}, made.output
    made.fresh_machine()
    (tmp_path / "artifacts" / "sabotage").mkdir()
    add_measurement(tmp_path / "artifacts" / "sabotage", "sabotage score", "random", {"caught": 41, "of": 50})
    made.github_job(jobs["gate"])
    assert made.ended == {"Decide": 0, "Make one result of the shards": 0}, made.output
    decision = decision_in(tmp_path / "artifacts" / "results")
    assert [run["shards"] for run in decision["runs"]] == [["1/3", "2/3", "3/3"]]
    merged = json.loads((tmp_path / "artifacts" / "results" / "latest" / "run.json").read_text())
    assert len(merged["scenarios"]) == 3
    # the page has the score that the other job measured
    assert '"caught":41' in (tmp_path / "artifacts" / "results" / "latest" / "report.html").read_text()


def test_a_night_without_one_of_its_shards_is_red(pipeline: MakePipeline) -> None:
    made, jobs = pipeline(), workflow("nightly.yml")["jobs"]
    for shard in (1, 3):
        made.fresh_machine()
        made.github_job(jobs["scenarios"], substrate="embedded", shard=shard)
    made.fresh_machine()
    made.github_job(jobs["gate"])
    assert made.ended["Decide"] == 1
    assert "shard 2/3 is missing" in made.output
    assert made.ended["Tell people"] == 0


def test_a_release_needs_three_greens(pipeline: MakePipeline, tmp_path: Path) -> None:
    made, jobs = pipeline(), workflow("release.yml")["jobs"]
    for attempt in jobs["scenarios"]["strategy"]["matrix"]["attempt"]:
        made.fresh_machine()
        made.github_job(jobs["scenarios"], substrate="embedded", attempt=attempt)
        assert made.ended == {"Run the scenarios": 0}, made.output
    made.fresh_machine()
    made.github_job(jobs["gate"])
    assert made.ended == {"Decide": 0}, made.output
    (rule,) = [rule for rule in decision_in(tmp_path / "artifacts" / "gate-decision")["rules"] if rule["id"] == "victory"]
    assert rule["words"] == "3 green in a row"


@pytest.mark.parametrize("green", [True, False])
def test_gitlab_at_night(pipeline: MakePipeline, *, green: bool) -> None:
    made, jobs = pipeline(green=green), yaml.safe_load(GITLAB.read_text())
    for number in (1, 2, 3):
        given = {"CI_NODE_INDEX": str(number), "CI_NODE_TOTAL": "3"}
        codes = [made.shell(line, given) for line in jobs["nightly"]["script"]]
        assert codes == [0] or not green, made.output
    (code,) = (made.shell(line) for line in jobs["nightly-gate"]["script"])
    assert code == (0 if green else 1), made.output
    status = {"CI_JOB_STATUS": "success" if green else "failed", "CI_JOB_URL": "https://gitlab.example.com/jobs/1"}
    merged, told = (made.shell(line, status) for line in jobs["nightly-gate"]["after_script"])
    assert merged == (0 if green else 1), made.output
    assert told == 0, made.output
    assert (made.folder / "reports" / "out" / "merged" / "latest" / "report.html").is_file()


CHANGES = {
    "a document": (["docs/a.md"], "false"),
    "documents, and one in a folder of its own": (["README.md", "docs/decisions/0001.md", "docs/picture.png"], "false"),
    "code": (["support/a.py"], "true"),
    "a feature": (["features/a.feature"], "true"),
    "a document and code": (["docs/a.md", "support/a.py"], "true"),
    "a document among the code": (["support/authoring/a.md"], "true"),
    "a name with odd letters": (["ä\ndocs/a.md"], "true"),
    "nothing": ([], "true"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_only_what_no_scenario_reads_leaves_them_out(pipeline: MakePipeline, tmp_path: Path, change: str) -> None:
    files, wanted = CHANGES[change]
    made = pipeline(GITHUB_OUTPUT=str(tmp_path / "output"))
    base = commit(made.folder)
    for file in files:
        (made.folder / file).parent.mkdir(parents=True, exist_ok=True)
        (made.folder / file).write_text("changed")
    assert filtered(made, tmp_path, base, commit(made.folder)) == wanted


def test_a_file_that_became_a_document_counts_as_code(pipeline: MakePipeline, tmp_path: Path) -> None:
    made = pipeline(GITHUB_OUTPUT=str(tmp_path / "output"))
    base = commit(made.folder)
    (made.folder / "docs").mkdir()
    (made.folder / "steps" / "steps.py").rename(made.folder / "docs" / "steps.py")
    assert filtered(made, tmp_path, base, commit(made.folder)) == "true"


@pytest.mark.parametrize("base", ["0" * 40, ""])
def test_a_filter_that_cannot_compare_lets_scenarios_run(pipeline: MakePipeline, tmp_path: Path, base: str) -> None:
    made = pipeline(GITHUB_OUTPUT=str(tmp_path / "output"))
    assert filtered(made, tmp_path, base, commit(made.folder)) == "true"


@pytest.mark.parametrize(
    ("results", "green"),
    [
        ("success/true/success", True),
        ("failure//success", True),
        ("success/false/skipped", True),
        ("success/true/skipped", False),
        ("failure//skipped", False),
        ("cancelled//skipped", False),
        ("success/true/failure", False),
        ("success/true/cancelled", False),
    ],
)
def test_the_required_check_is_green_only_if_scenarios_were_or_need_not_be(pipeline: MakePipeline, results: str, *, green: bool) -> None:
    changes, wanted, scenarios = results.split("/")
    made = pipeline(CHANGES=changes, WANTED=wanted, SCENARIOS=scenarios)
    made.github_job(workflow("pull-request.yml")["jobs"]["gate"])
    assert list(made.ended.values()) == [0 if green else 1]


def commit(folder: Path) -> str:
    def git(*arguments: str) -> str:
        command = ["git", "-c", "user.name=n", "-c", "user.email=n@example.com", *arguments]
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout.strip()

    git("init", "--quiet")
    git("add", "--all")
    git("commit", "--quiet", "--allow-empty", "--message", "one")
    return git("rev-parse", "HEAD")


def filtered(made: Pipeline, folder: Path, base: str, head: str) -> str:
    made.variables |= {"BASE": base, "HEAD": head}
    made.github_job(workflow("pull-request.yml")["jobs"]["changes"])
    assert list(made.ended.values()) == [0], made.output
    return (folder / "output").read_text().strip().removeprefix("scenarios=")
