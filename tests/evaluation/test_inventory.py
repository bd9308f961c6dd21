"""The state of suites, from the files of CI: tests, coverage, last green run, notes, and what changed."""

import json
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from support.commands.application import application
from support.evaluation.inventory.suite import Suite, changes, read_suite

JUNIT = """<?xml version="1.0" encoding="utf-8"?>
<testsuites name="pytest tests">
<testsuite name="pytest" errors="0" failures="0" skipped="1" tests="3" timestamp="2026-05-27T10:00:00+00:00">
<testcase classname="tests.a" name="one" time="0.1" /><testcase classname="tests.a" name="two" time="0.1" />
<testcase classname="tests.a" name="three"><skipped message="not here" /></testcase></testsuite></testsuites>
"""
WORKFLOW = """
name: Tests
on: [push]
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: pytest --cov=shop --cov-fail-under=95 --junitxml=junit.xml
"""
COBERTURA = '<coverage lines-valid="200" lines-covered="197" line-rate="0.985" branches-valid="{branches}" branch-rate="0.5"></coverage>'

# each entity is ten of the one before
ENTITIES = "".join(f'<!ENTITY {name} "{f"&{of};" * 10}">' for of, name in zip("abcdefgh", "bcdefghi", strict=True))
BOMB = f'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">{ENTITIES}]><testsuite>&i;</testsuite>'


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A checkout with everything."""
    folder = tmp_path / "shop"
    write(folder, ".github/workflows/tests.yml", WORKFLOW)
    write(folder, "junit.xml", JUNIT)
    write(folder, "coverage.xml", COBERTURA.format(branches=0))
    return folder


def write(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def read(folder: Path, last_green: str | None = None) -> Suite:
    problems: list[str] = []
    found = read_suite(folder, last_green, problems)
    assert problems == []
    return found


def test_a_suite_in_order_is_told_with_its_figures(shop: Path) -> None:
    assert read(shop) == Suite(
        tests=2,
        failed=0,
        skipped=1,
        coverage=0.985,
        branches=None,
        last_green="2026-05-27",
        workflows=("Tests",),
        notes=("1 more skipped", "fails below 95 %", "200 lines, 3 missing"),
    )


def test_what_several_jobs_ran_counts_once_and_fails_when_it_failed_in_one(shop: Path) -> None:
    write(shop, "py312/junit.xml", JUNIT.replace('name="two" time="0.1" />', 'name="two"><failure message="no" /></testcase>'))
    found = read(shop)
    assert (found.tests, found.failed, found.last_green) == (2, 1, None)
    assert "1 of them fails" in found.notes


def test_the_last_green_run_is_remembered_while_it_is_red(shop: Path) -> None:
    write(shop, "junit.xml", JUNIT.replace("<skipped", "<error").replace("2026-05-27", "2026-06-01"))
    assert read(shop, "2026-05-27").last_green == "2026-05-27"


def test_files_that_git_keeps_and_those_of_packages_are_samples(shop: Path) -> None:
    write(shop, "tests/samples/junit.xml", JUNIT.replace("tests.a", "sample"))
    write(shop, "node_modules/x/junit.xml", JUNIT.replace("tests.a", "package"))
    (shop / "link.xml").symlink_to(write(shop.parent, "elsewhere.xml", JUNIT.replace("tests.a", "link")))
    for command in (["init", "-q"], ["add", "tests"]):
        subprocess.run(["git", "-C", str(shop), *command], check=True)
    assert read(shop).tests == 2


@pytest.mark.parametrize(
    ("name", "text", "lines", "branches"),
    [
        ("coverage.xml", COBERTURA.format(branches=2), 0.985, 0.5),
        (
            "c.xml",
            '<coverage line-rate="0.5"><packages><line hits="1" number="1"/><line hits="0" number="2"/></packages></coverage>',
            0.5,
            None,
        ),
        (
            "clover.xml",
            '<coverage generated="1"><project><metrics statements="8" coveredstatements="6" conditionals="4" coveredconditionals="1"/>'
            '<file><metrics statements="99" coveredstatements="0"/></file></project></coverage>',
            0.75,
            0.25,
        ),
        (
            "jacoco.xml",
            '<report name="x"><package><counter type="LINE" missed="9" covered="9"/></package><counter type="LINE" missed="1" covered="3"/>'
            '<counter type="BRANCH" missed="3" covered="1"/></report>',
            0.75,
            0.25,
        ),
        ("coverage.json", '{"totals": {"num_statements": 4, "covered_lines": 3, "num_branches": 4, "covered_branches": 1}}', 0.75, 0.25),
        ("coverage.json", '{"totals": {"num_statements": 4, "covered_lines": 3}}', 0.75, None),
        ("coverage-summary.json", '{"total": {"lines": {"total": 4, "covered": 3}, "branches": {"total": 4, "covered": 1}}}', 0.75, 0.25),
        ("lcov.info", "SF:a\nLF:3\nLH:2\nBRF:4\nBRH:1\nend_of_record\nSF:b\nLF:1\nLH:1\nend_of_record\n", 0.75, 0.25),
    ],
)
def test_coverage_is_read_of_every_usual_format(tmp_path: Path, name: str, text: str, lines: float, branches: float | None) -> None:
    write(tmp_path, f"artifacts/{name}", text)
    found = read(tmp_path)
    assert (found.coverage, found.branches) == (lines, branches)


def test_of_several_coverage_files_the_one_of_the_most_lines_counts(shop: Path) -> None:
    write(shop, "more/coverage.json", '{"totals": {"num_statements": 400, "covered_lines": 300}}')
    write(shop, "nothing/coverage.json", '{"totals": {"num_statements": 0, "covered_lines": 0}}')
    found = read(shop)
    assert found.coverage == 0.75
    assert "below 90%" in found.notes


def runs(shop: Path, *ended: tuple[str, str, str]) -> None:
    rows = [{"createdAt": f"2026-05-{day}T08:00:00Z", "conclusion": conclusion, "workflowName": name} for day, conclusion, name in ended]
    write(shop, "ci-runs.json", json.dumps(rows))


@pytest.mark.parametrize(
    ("ended", "last_green", "note"),
    [
        ([], None, "the workflow has never run"),
        ([("01", "failure", "Tests"), ("02", "timed_out", "Tests"), ("03", "success", "Docs")], None, "never been green in 2 runs"),
        ([("03", "failure", "Tests"), ("01", "success", "Tests"), ("02", "failure", "Tests")], "2026-05-01", "red since 2026-05-02"),
        ([("01", "failure", "Tests"), ("02", "success", "Tests"), ("03", "cancelled", "Tests")], "2026-05-02", ""),
    ],
)
def test_the_runs_of_ci_know_better_than_the_files_of_one_run(
    shop: Path, ended: list[tuple[str, str, str]], last_green: str | None, note: str
) -> None:
    runs(shop, *ended)
    found = read(shop)
    assert found.last_green == last_green
    assert note in "; ".join(found.notes)


@pytest.mark.parametrize(
    ("files", "note"),
    [
        ({}, "no workflow"),
        ({".github/workflows/docs.yml": "on: push\njobs: {build: {steps: [{run: make html}]}}"}, "no tests in its 1 workflow"),
        ({".github/workflows/t.yml": WORKFLOW}, "no JUnit file, so nobody knows how many tests run"),
        ({".github/workflows/t.yml": WORKFLOW}, "coverage is measured, but its file is not here"),
        ({".github/workflows/t.yml": WORKFLOW.replace("--cov=shop --cov-fail-under=95", "")}, "coverage is not measured in CI"),
        ({".github/workflows/t.yml": WORKFLOW.replace("[push]", "workflow_dispatch")}, "Tests only starts by hand"),
        (
            {".github/workflows/t.yml": WORKFLOW.replace("      - run", "      - continue-on-error: true\n        run")},
            "Tests ignores failures",
        ),
        ({".github/workflows/t.yml": WORKFLOW.replace("    steps", "    continue-on-error: true\n    steps")}, "Tests ignores failures"),
        ({".gitlab-ci.yml": "unit: {script: [npm test], allow_failure: true}"}, "gitlab-ci ignores failures"),
        ({".github/workflows/t.yml": WORKFLOW, "pyproject.toml": "[tool.coverage.report]\nfail_under = 88.5\n"}, "fails below 88.5 %"),
    ],
)
def test_notes_say_what_is_amiss(tmp_path: Path, files: dict[str, str], note: str) -> None:
    for name, text in files.items():
        write(tmp_path, name, text.replace(" --cov-fail-under=95", "") if "88.5" in note else text)
    assert note in read(tmp_path).notes


def test_changes_are_told_in_a_few_words() -> None:
    before = Suite(6, 0, 0, None, None, None, ("CI",), ())
    now = Suite(51, 1, 0, 0.68, None, "2026-05-28", ("Tests",), ())
    assert changes(before, now) == [
        "6 to 51 tests",
        "0 to 1 failing",
        "coverage unknown to 68.00%",
        "green again on 2026-05-28",
        "no longer tests in CI",
        "now tests in Tests",
    ]
    assert changes(now, now) == []


def inventory(results: Path, *arguments: str) -> Result:
    return CliRunner().invoke(application, ["inventory", *arguments, "--results-folder", str(results)], env={"COLUMNS": "250"})


def test_a_repository_is_called_like_its_folder_however_that_is_given(shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shop)
    rows = [line for line in inventory(tmp_path / "out", ".").output.splitlines() if line.startswith("│")]
    assert [row.split("│")[1].strip() for row in rows] == [shop.name]


@pytest.mark.parametrize("kind", ["broken", "folder"])
def test_a_history_that_cannot_be_read_is_said_once_and_the_rest_is_shown(shop: Path, tmp_path: Path, kind: str) -> None:
    file = tmp_path / "out" / "history.sqlite"
    file.parent.mkdir()
    if kind == "folder":
        file.mkdir()
    else:
        file.write_text("no database")
    ended = inventory(tmp_path / "out", str(shop))
    assert ended.exit_code == 2
    assert ended.output.count("So what changed is not known") == ended.output.count(f"ringmaster: the history {file}") == 1
    assert f"│ {shop.name} " in ended.output


def test_each_inventory_says_what_changed_since_the_last_one(shop: Path, tmp_path: Path) -> None:
    first = inventory(tmp_path / "out", str(shop))
    assert first.exit_code == 0, first.output
    assert "This is the first inventory" in first.output
    write(shop, "junit.xml", JUNIT.replace('name="two"', 'name="two" /><testcase classname="tests.a" name="four"'))
    second = inventory(tmp_path / "out", str(shop), f"other={shop}").output
    assert "Compared with 20" in second
    rows = {line.split("│")[1].strip(): line for line in second.splitlines() if line.startswith("│")}
    assert "2 to 3 tests" in rows["shop"]
    assert "new" in rows["other"]
    assert "no change" in inventory(tmp_path / "out", str(shop)).output


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("junit.xml", JUNIT[:300], "junit.xml is broken or cut off"),
        ("coverage.xml", COBERTURA.format(branches=0)[:-11], "coverage.xml is broken or cut off"),
        ("coverage.xml", '<coverage line-rate="1" lines-valid="many" lines-covered="1"></coverage>', "holds none that can be read"),
        ("coverage.json", "[1, 2]", "holds none that can be read"),
        ("coverage.json", "{", "coverage.json is broken or cut off"),
        ("lcov.info", "LF:many\nend_of_record\n", "holds none that can be read"),
        ("lcov.info", "SF:a\nLF:3\nLH:2\n", "lcov.info is broken or cut off: it does not end with end_of_record"),
        ("ci-runs.json", "{}", "ci-runs.json is not a list of runs"),
        ("ci-runs.json", '[{"conclusion": "success"}]', "holds a run without workflowName"),
        (".github/workflows/more.yml", "jobs: [", "more.yml cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_is_said_and_the_rest_is_shown(shop: Path, tmp_path: Path, name: str, text: str, words: str) -> None:
    write(shop, name, text)
    outcome = inventory(tmp_path / "out", str(shop))
    assert outcome.exit_code == 2
    assert words in outcome.output
    assert "│ shop " in outcome.output


@pytest.mark.parametrize(
    ("text", "tests"),
    [
        (BOMB, None),
        ('<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><testsuite><testcase name="&a;"/></testsuite>', None),
        ("<html><testcase/></html>", None),
        ("no XML", None),
    ],
    ids=["bomb", "entity", "html", "text"],
)
def test_hostile_and_foreign_xml_does_no_harm(tmp_path: Path, text: str, tests: int | None) -> None:
    write(tmp_path, "x.xml", text)
    found = read_suite(tmp_path, None, [])
    assert found.tests in (tests, 0)


def test_a_repository_that_is_not_there_hides_no_other(shop: Path, tmp_path: Path) -> None:
    outcome = inventory(tmp_path / "out", "nothing", str(shop))
    assert outcome.exit_code == 2
    assert "there is no folder nothing" in outcome.output
    assert "│ shop " in outcome.output


def test_tests_that_nobody_counted_are_not_none(tmp_path: Path) -> None:
    assert (
        "1 repository, and it is not known which tests run in CI."
        in inventory(tmp_path / "out", str(write(tmp_path / "x", "a", "").parent)).output
    )


def test_wrong_repositories_are_refused(shop: Path, tmp_path: Path) -> None:
    for arguments, words in (
        (["nothing"], "there is no folder nothing"),
        ([str(shop), str(shop)], "two repositories are called shop: name them"),
    ):
        refused = inventory(tmp_path / "out", *arguments)
        assert refused.exit_code == 2
        assert words in refused.output
