"""Steps of any project: a table or text that no step looks at, or that is missing, is one sentence and no pass."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.runner.conftest import Run

STEPS = """
from behave import step
from support.step_arguments import takes_table, takes_text

@step("it is looked at")
def looks(context): assert context.table or context.text
@step("its teams are read")
def teams(context): [row["team"] for row in context.table]
@step("its text is read")
def texts(context): context.text.splitlines()
@step("it may have a table")
def optional(context): len(context.table or ())
@step("it skips itself")
def skips(context): context.scenario.skip("not here")
@step("it calls one that looks")
def calls(context): context.execute_steps("Given it is looked at\\n  | a |\\n  | 1 |")
@step("it calls one that looks, and looks")
def calls_and_looks(context):
    context.execute_steps("Given it is looked at\\n  | a |\\n  | 1 |")
    assert [row["a"] for row in context.table] == ["2"]
@step("it is declared")
@takes_table({"team": "string", "rank": "int"})
def declared(context, rows): assert rows == [{"team": "Ada", "rank": 1}]
@step("it takes a text")
@takes_text
def takes(context, text): assert text == "words"
"""
TABLE = "\n      | team | rank |\n      | Ada  | 1    |"
TEXT = '\n      """\n      words\n      """'
UNREAD = "this step takes no {}, but one stands below it: it would be ignored"
CASES = [
    ("it is looked at" + TABLE, "passed", ""),
    ("it is looked at" + TEXT, "passed", ""),
    ("it passes" + TABLE, "error", UNREAD.format("table")),
    ("it passes" + TEXT, "error", UNREAD.format("text")),
    ("its teams are read", "error", "this step needs a table below it, and has none"),
    ("its text is read", "error", "this step needs a text below it, and has none"),
    (
        "its teams are read\n      | taem |\n      | Ada  |",
        "error",
        "this step needs a column 'team' in its table, which has 'taem'. Did you mean 'taem'?",
    ),
    ("it may have a table", "passed", ""),
    ("it skips itself" + TABLE, "skipped", ""),
    ("it calls one that looks", "passed", ""),
    ("it calls one that looks" + TABLE, "error", UNREAD.format("table")),
    ("it calls one that looks, and looks\n      | a |\n      | 2 |", "passed", ""),
    ("it fails" + TABLE, "failed", "one is not two"),
    ("it is declared" + TABLE, "passed", ""),
    ("it is declared", "error", "this step needs a table with the columns 'team', 'rank' below it, and has none"),
    ("it is declared" + TABLE + TABLE[:1] + "      |      | 2    |", "error", "the cell 'team' is empty: it needs a text (line 6)"),
    ("it is declared" + TEXT, "error", "this step needs a table with the columns 'team', 'rank' below it, and has none"),
    ("it takes a text" + TEXT, "passed", ""),
    ("it is looked at" + TEXT + TABLE, "passed", ""),
    ("it is declared" + TABLE + TEXT, "error", UNREAD.format("text")),
    ("it takes a text" + TEXT + TABLE, "error", UNREAD.format("table")),
    ("it takes a text" + TABLE, "error", "this step needs a text below it, and has none"),
]


def test_each_mistake_is_one_sentence_without_a_trace(project: Callable[..., Path], run: Run) -> None:
    features = {f"f{number}": f"Feature: f{number}\n  Scenario: s\n    Given {step}\n" for number, (step, _, _) in enumerate(CASES)}
    folder = project(**features)
    steps = folder / "steps" / "steps.py"
    # one of the project's own has the same words
    steps.write_text(steps.read_text().replace('@step("it skips itself")', '@step("it skips")'))
    (folder / "steps" / "other.py").write_text(STEPS)
    outcome = run(folder)
    rows = {row["feature"]: row for row in outcome.record["scenarios"]}
    for number, (step, status, sentence) in enumerate(CASES):
        row = rows[f"f{number}"]
        failure = row["steps"][0]["failure"] or {"message": "", "trace": ""}
        assert (row["status"], failure["message"]) == (status, sentence), step
    assert outcome.output.count("Traceback") == 3, "only where the project's own code went wrong first"


@pytest.mark.parametrize(("below", "code"), [(TABLE, 1), ("", 0)])
def test_a_table_that_nobody_looks_at_is_no_pass(project: Callable[..., Path], run: Run, below: str, code: int) -> None:
    assert run(project(f=f"Feature: f\n  Scenario: s\n    Given it passes{below}\n")).exit_code == code


def test_a_table_that_a_step_changes_is_shown_as_the_step_left_it(project: Callable[..., Path], run: Run) -> None:
    folder = project(f=f"Feature: f\n  Scenario: s\n    Given it adds to the table{TABLE}\n")
    (folder / "steps" / "steps.py").write_text(
        "from behave import step\n@step('it adds to the table')\ndef adds(context):\n"
        "    context.table.headings.append('note')\n    context.table.rows[0].cells[1] = 2\n"
    )
    outcome = run(folder)
    assert outcome.exit_code == 0, outcome.output
    assert outcome.record["scenarios"][0]["steps"][0]["table"] == [["team", "rank", "note"], ["Ada", "2", ""]]
