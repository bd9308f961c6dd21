"""What Allure's users expect to find: labels, links, tables, logs, what is muted and what is flaky; read by Allure 3 itself."""

import csv
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from reports.formats.allure import CATEGORIES, write_environment, write_result
from support.evidence.entries import Entry
from support.evidence.kinds import Kind
from support.results.identity import Identity
from support.results.scenario_result import ScenarioResult, Status, StepResult
from tests.npm import npm_folder
from tests.verdict.records import HELD, scenario

CONFIGURATION = Path(__file__).parents[3] / "reports" / "ci" / "allurerc.json"
README = Path(__file__).parents[3] / "README.md"
IN_SHOP = {
    "identity": Identity("features/shop/ring1/orders.feature", "s", rule="only once"),
    "location": "features/shop/ring1/orders.feature:7",
}


@pytest.fixture(autouse=True)
def _outside_of_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_REPOSITORY", "GITHUB_SHA", "GITHUB_SERVER_URL", "CI_PROJECT_URL", "CI_COMMIT_SHA"):
        monkeypatch.delenv(name, raising=False)


def written(folder: Path, result: ScenarioResult) -> Any:  # noqa: ANN401 - JSON
    """The Allure result of one scenario."""
    target = folder / "allure-results"
    target.mkdir(exist_ok=True)
    write_result(target, result, folder)
    (file,) = target.glob("*-result.json")
    return json.loads(file.read_text())


def labels(found: Any) -> dict[str, str]:  # noqa: ANN401 - JSON
    return {label["name"]: label["value"] for label in found["labels"]}


def test_a_scenario_has_the_labels_that_it_is_sorted_by(tmp_path: Path) -> None:
    told = labels(written(tmp_path, scenario("s", "p0", "ring1", "owner.ada", feature="Orders", **IN_SHOP)))
    expected = {
        "epic": "shop",
        "feature": "Orders",
        "story": "only once",
        "parentSuite": "shop",
        "suite": "Orders",
        "subSuite": "only once",
    }
    assert told.items() >= (expected | {"severity": "blocker", "owner": "ada", "layer": "ring1"}).items()


def test_a_tag_of_allures_own_wins(tmp_path: Path) -> None:
    told = written(tmp_path, scenario("s", "p0", "allure.label.epic:buying", "allure.severity:trivial", "allure.owner:bob", **IN_SHOP))
    assert [label["value"] for label in told["labels"] if label["name"] in ("epic", "severity", "owner")] == ["buying", "bob", "trivial"]


@pytest.mark.parametrize(
    ("variables", "address"),
    [
        ({}, "features/shop/ring1/orders.feature#L7"),
        (
            {"GITHUB_REPOSITORY": "o/r", "GITHUB_SHA": "c0ffee", "GITHUB_SERVER_URL": "https://github.example.com"},
            "https://github.example.com/o/r/blob/c0ffee/features/shop/ring1/orders.feature#L7",
        ),
        (
            {"CI_PROJECT_URL": "https://gitlab.example.com/o/r", "CI_COMMIT_SHA": "c0ffee"},
            "https://gitlab.example.com/o/r/-/blob/c0ffee/features/shop/ring1/orders.feature#L7",
        ),
    ],
)
def test_links_lead_to_the_line_and_say_how_to_run_it_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], address: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    place, again = written(tmp_path, scenario("s", **IN_SHOP))["links"]
    assert (place["name"], place["url"]) == ("features/shop/ring1/orders.feature:7", address)
    assert (again["name"], again["url"]) == ("again: ringmaster run features/shop/ring1/orders.feature:7", address)


def test_a_table_is_a_table(tmp_path: Path) -> None:
    table = (("name", "words"), ("a", 'two, or "more"\nlines'))
    told = written(tmp_path, scenario("s", steps=(StepResult("Given these", Status.PASSED, table=table),)))
    (attachment,) = told["steps"][0]["attachments"]
    assert attachment["type"] == "text/csv"
    with (tmp_path / "allure-results" / attachment["source"]).open(newline="") as file:
        assert tuple(map(tuple, csv.reader(file))) == table


def evidence(folder: Path, size: int) -> str:
    """A folder of evidence with a service's log of so many bytes, seen from the run's folder."""
    place = folder / "scenarios" / "s"
    (place / "services").mkdir(parents=True)
    (place / "services" / "orders.log").write_bytes(b"x" * (size - 4) + b"END\n")
    entries = [Entry(at=1.0, kind=Kind.SCENARIO, what="s"), Entry(at=2.0, kind=Kind.FILE, what="services/orders.log")]
    (place / "evidence.jsonl").write_text("".join(f"{entry.model_dump_json()}\n" for entry in entries))
    return "scenarios/s"


def test_a_failure_has_its_story_and_its_services_logs(tmp_path: Path) -> None:
    told = written(tmp_path, scenario("s", status="failed", evidence=evidence(tmp_path, 100)))
    assert [attachment["name"] for attachment in told["attachments"]] == ["story", "services/orders.log"]
    assert (tmp_path / "allure-results" / told["attachments"][1]["source"]).read_text().endswith("END\n")


def test_of_a_long_log_the_end_is_attached(tmp_path: Path) -> None:
    told = written(tmp_path, scenario("s", status="failed", evidence=evidence(tmp_path, 3_000_000)))
    assert told["attachments"][1]["name"] == "services/orders.log (the last 256 KiB)"
    kept = (tmp_path / "allure-results" / told["attachments"][1]["source"]).read_bytes()
    assert len(kept) == 256 * 1024
    assert kept.endswith(b"END\n")


def test_what_passed_needs_no_logs(tmp_path: Path) -> None:
    assert written(tmp_path, scenario("s", evidence=evidence(tmp_path, 100)))["attachments"] == []


@pytest.mark.parametrize(
    ("result", "marks"),
    [
        (scenario("s", quarantine=HELD, status="failed"), {"muted", "known"}),
        (scenario("s", quarantine=HELD), {"muted", "known"}),
        # what blocks all the same must not be muted
        (scenario("s", quarantine=HELD, status="hook_error"), set()),
        (scenario("s", status="failed"), set()),
        (scenario("s", attempts=2), {"flaky"}),
        (scenario("s", attempts=2, status="failed"), set()),
        (scenario("s"), set()),
    ],
    ids=["held and failed", "held and passed", "held and its hook failed", "failed", "flaky", "failed twice", "passed"],
)
def test_quarantined_is_muted_and_flaky_is_marked(tmp_path: Path, result: ScenarioResult, marks: set[str]) -> None:
    details = written(tmp_path, result).get("statusDetails", {})
    assert {name for name, marked in details.items() if marked is True} == marks


def test_both_allures_sort_into_the_same_categories() -> None:
    rules = json.loads(CONFIGURATION.read_text())["categories"]["rules"]
    assert [rule["name"] for rule in rules[: len(CATEGORIES)]] == [category["name"] for category in CATEGORIES]
    assert [rule["matchers"]["statuses"] for rule in rules[: len(CATEGORIES)]] == [category["matchedStatuses"] for category in CATEGORIES]


def test_the_command_of_the_readme_makes_a_report_with_these_categories(tmp_path: Path) -> None:
    folder = npm_folder("allure@3")
    (command,) = re.findall(r"^\$ npx allure@3 (generate .*)$", README.read_text(encoding="utf-8"), re.MULTILINE)
    results = tmp_path / "reports" / "out" / "latest" / "allure-results"
    results.mkdir(parents=True)
    write_environment(results, {"substrate": "embedded"})
    write_result(results, scenario("fails", status="failed", **IN_SHOP), tmp_path)
    write_result(results, scenario("flakes", attempts=2), tmp_path)
    configuration = json.loads(CONFIGURATION.read_text())
    configuration["plugins"]["awesome"]["options"]["singleFile"] = False
    (tmp_path / "reports" / "ci").mkdir()
    (tmp_path / "reports" / "ci" / "allurerc.json").write_text(json.dumps(configuration))
    program = folder / "node_modules" / ".bin" / "allure"
    done = subprocess.run([program, *command.split()], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    (file, *_) = (tmp_path / "allure-report").rglob("widgets/categories.json")
    text = file.read_text()
    assert "the platform did not do what it promises" in text
    assert "passed only at a second attempt" in text
    assert (tmp_path / "reports" / "out" / "allure-history.jsonl").is_file()


def test_facts_of_several_words_and_lines_are_one_property_each(tmp_path: Path) -> None:
    write_environment(tmp_path, {"real parts": "RabbitMQ,\nRedis", "substrate": "embedded"})
    assert (tmp_path / "environment.properties").read_text() == "real_parts=RabbitMQ, Redis\nsubstrate=embedded\n"
