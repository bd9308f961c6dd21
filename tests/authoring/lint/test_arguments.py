"""Tables, texts and values that steps do not take are found before anything runs."""

import pytest

from support.commands.application import application
from tests.authoring.lint.conftest import FEATURE, FEATURE_FILE, STEPS, Project

STEPS_WITH_ARGUMENTS = (
    STEPS
    + '''

define_parameter_type_with(name="fruit", regexp="apple|pear", type=str)


@then("these are there:")
@takes_table({"fruit": "fruit", "number": "int"}, may_be_empty=["number"])
def these_are_there(context: Context, rows: Rows) -> None:
    """All of them."""


@then("it says:")
@takes_text
def it_says(context: Context, text: str) -> None:
    """The very words."""


@then('nobody likes the "{fruit}"')
def nobody_likes(context: Context, fruit: str) -> None:
    """Nobody does."""


@then("whatever stands below is looked at")
def looked_at(context: Context) -> None:
    """By a helper."""
    look_at(context)
'''
)
TABLE = "\n      | fruit | number |\n      | apple | 3      |\n      | pear  |        |"
TEXT = '\n      """\n      words\n      """'
FINE = ["these are there:" + TABLE, "it says:" + TEXT, 'nobody likes the "pear"', "whatever stands below is looked at" + TABLE]
WRONG = [
    ("these are there:", 13, "wrong-argument", "this step needs a table with the columns 'fruit', 'number' below it, and has none"),
    ("these are there:" + TEXT, 13, "wrong-argument", "needs a table"),
    ("these are there:" + TABLE.replace("fruit ", "friut "), 14, "wrong-argument", "knows no column 'friut'"),
    ("these are there:" + TABLE.replace("| apple", "|      "), 15, "wrong-argument", "the cell 'fruit' is empty: it needs a fruit"),
    (
        "these are there:" + TABLE.replace("pear ", "paer "),
        16,
        "wrong-argument",
        "'paer' is no fruit. Did you mean 'pear'?",
    ),
    ("these are there:" + TABLE.replace(" 3 ", " x "), 15, "wrong-argument", "'x' is not a whole number"),
    ("these are there:\n      | fruit | number |", 14, "wrong-argument", "has no rows"),
    ("it says:", 13, "wrong-argument", "this step needs a text below it, and has none"),
    ("it says:" + TABLE, 13, "wrong-argument", "this step takes no table, but one stands below it"),
    ('there are 3 in the "basket"' + TABLE, 13, "wrong-argument", "this step takes no table, but one stands below it"),
    ('there are 3 in the "basket"' + TEXT, 13, "wrong-argument", "this step takes no text, but one stands below it"),
    ('nobody likes the "paer"', 13, "undefined-step", "'paer' is no fruit. Did you mean 'pear'?"),
]
LAST = 'there are 3 in the "basket"'


@pytest.fixture
def with_arguments(project: Project) -> Project:
    project.write("steps/apples.py", STEPS_WITH_ARGUMENTS)
    scenarios = "".join(f"\n  Scenario: Fine {number}\n    Then {step}\n" for number, step in enumerate(FINE))
    feature = FEATURE.replace("One more is counted", "One").replace("Feature: Counting", "Feature: Fine")
    project.write("features/fine.feature", feature + scenarios)
    return project


def test_what_is_as_declared_is_left_alone(with_arguments: Project) -> None:
    assert with_arguments.rules() == []


@pytest.mark.parametrize(("step", "line", "rule", "words"), WRONG, ids=[words[:40] for _, _, _, words in WRONG])
def test_what_is_not_is_found_at_its_line(with_arguments: Project, step: str, line: int, rule: str, words: str) -> None:
    with_arguments.feature((LAST, step))
    found = [finding for finding in with_arguments.findings() if finding.file == FEATURE_FILE]
    assert [(finding.rule, finding.line) for finding in found] == [(rule, line), *([(rule, line)] if len(found) > 1 else [])]
    assert any(words in finding.why for finding in found), found


def test_each_row_of_an_outline_is_looked_at(with_arguments: Project) -> None:
    outline = "\n  Scenario Outline: Two\n    Then these are there:\n      | fruit | number |\n      | <a>   | 3      |\n    Examples:\n"
    with_arguments.write("features/counting.feature", FEATURE + outline + "      | a |\n      | apple |\n      | paer |\n")
    assert ["'paer' is no fruit" in finding.why for finding in with_arguments.findings() if finding.rule == "wrong-argument"] == [True]


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('"fruit": "fruit"', '"fruit": "friut"', "there is no parameter type 'friut'"),
        ('{"fruit": "fruit", "number": "int"}', "COLUMNS", "are put together"),
    ],
)
def test_a_declaration_that_nobody_can_read_is_found(with_arguments: Project, old: str, new: str, why: str) -> None:
    with_arguments.write("steps/apples.py", STEPS_WITH_ARGUMENTS.replace(old, new))
    assert any(why in finding.why for finding in with_arguments.findings())


def test_the_catalogue_shows_tables_texts_and_allowed_values(with_arguments: Project) -> None:
    from click.testing import CliRunner

    shown = CliRunner().invoke(application, ["steps"]).output
    assert "table: fruit: fruit, number: int or nothing" in shown
    assert "takes a text below it" in shown
    assert shown.count("fruit is one of: apple, pear") == 2
    for option, name in (("--html", "a.html"), ("--markdown", "a.md")):
        CliRunner().invoke(application, ["steps", option, name])
        page = (with_arguments.write("x", "").parent / name).read_text()
        assert "fruit: fruit" in page
        assert "is one of: apple, pear" in page
