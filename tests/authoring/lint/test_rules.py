"""Each rule: what it finds and where, in a project that is right but for one thing; what is right it leaves alone."""

from pathlib import Path

import pytest

from support.authoring.lint.check import name_of
from support.authoring.lint.rules import RULES
from support.settings_file import _declared
from tests.authoring.lint.conftest import FEATURE, FEATURE_FILE, STEPS, STEPS_FILE, Project

LAST = '    """All are counted."""\n'
SECOND = """
  Scenario: {name}
    When "Adam" takes 1 apple
    Then there are 1 in the "basket"
"""
OUTLINE = """
  {tag}
  Scenario Outline: {name}
    When "Eve" brings <count> apples
    Then there are <all> in the "<place>"

    Examples:
      | count | all | place  |
      | 1     | 3   | basket |
"""
DEFINITION = '''

@then("{sentence}")
def another(context: Context{parameters}) -> None:
    """Checks."""
'''

# rule, what is replaced in the feature (old, new), the line of the finding, words of it
IN_THE_FEATURE = [
    ("undefined-step", '"Eve" brings 1 apple', '"Eve" eats 1 apple', 12, "no step definition fits"),
    ("undefined-step", 'When "Eve" brings 1 apple', 'Given "Eve" brings 1 apple', 12, "is defined for @when, not for @given"),
    ("wrong-argument", '"basket"\n', '"basket"\n      | a |\n      | 1 |\n', 13, "takes no table"),
    ("unknown-tag", "@ring1 @p0", "@ring1 @p0 @smokey", 1, "Did you mean '@smoke'?"),
    ("unknown-tag", "@ring1 @p0", "@ring1 @p0 @needs.clster", 1, "Did you mean 'cluster'?"),
    ("unknown-tag", "@ring1 @p0", "@ring1 @p0 @needs", 1, "is written @needs.<capability>"),
    ("unknown-tag", "@ring1 @p0", "@ring1 @p0 @catches.flops-not-relaid", 1, "Did you mean 'flops-not-relayed'?"),
    ("unknown-tag", "@ring1 @p0", "@ring1 @p0 @budget.soon", 1, "not a number of seconds"),
    ("unknown-tag", "@ring1 @p0", "@ring1 @p0 @budget.0", 1, "not a number of seconds"),
    ("unknown-tag", "@ring1 @p0", "@ring1 @p0 @quarantine.2026-12-01", 1, "lacks its issue or its day"),
    ("unknown-tag", "@ring1 @p0", "@ring1 @p0 @quarantine.BE-7.2026-02-30", 1, "'2026-02-30' is not a day"),
    ("unknown-tag", "@ring1 @p0", "@ring1 @p0 @playbook.first", 1, "not the number of a playbook step"),
    ("unknown-tag", "@ring1 @p0", "@ring1 @p0 @wording.htp", 1, "Did you mean 'http'?"),
    ("expired-quarantine", "@ring1 @p0", "@ring1 @p0 @quarantine.BE-7.2020-01-31", 1, "for issue BE-7 ended on 2020-01-31"),
    ("one-priority", "@ring1 @p0", "@ring1", 11, "has none"),
    ("one-priority", "@ring1 @p0", "@ring1 @p0 @p1", 11, "has @p0 and @p1"),
    ("no-incident", "Catches: a", "It catches a", 11, "which incident"),
    ("no-sabotage", "  Catches no sabotage: it has none of its own", "", 11, "no sabotage is known"),
    ("no-name", "Feature: Counting", "Feature:", 2, "this Feature has no name"),
    ("no-name", "Scenario: One more is counted", "Scenario:", 11, "this Scenario has no name"),
    ("no-outcome", '    Then there are 3 in the "basket"\n', "", 11, "no Then"),
    ("no-outcome", '"basket"\n', '"basket"\n    When "Eve" takes 1 apple\n', 14, "whose outcome nothing checks"),
    (
        "given-after-then",
        '"basket"\n',
        '"basket"\n    Given there are 9 apples\n    Then there are 9 in the "b"\n',
        14,
        "stands after a Then",
    ),
    ("act-in-background", "there are 2 apples\n", 'there are 2 apples\n    Then there are 2 in the "b"\n', 10, "stands in a Background"),
    ("banned-word", "One more is counted", "A click on the apple", 11, "'click'"),
    ("banned-word", '"basket"', '"https://example.org"', 13, "@wording.url"),
    ("banned-word", '"basket"', '"/users/me"', 13, "'/users/me'"),
    ("banned-word", '"basket"', '"the answer 403"', 13, "@wording.status-code"),
    ("closing-period", "One more is counted", "One more is counted.", 11, "ends with a period"),
    ("tab", '    When "Eve"', '\tWhen "Eve"', 12, "tab"),
    ("trailing-space", "brings 1 apple\n", "brings 1 apple  \n", 12, "ends with spaces"),
    ("windows-line-end", "brings 1 apple\n", "brings 1 apple\r\n", 12, "carriage return"),
    ("long-line", '"basket"', f'"{"b" * 160}"', 13, "more than 160"),
]


@pytest.mark.parametrize(("rule", "old", "new", "line", "words"), IN_THE_FEATURE, ids=lambda value: str(value)[:30])
def test_what_is_wrong_in_a_feature_is_found_at_its_line(project: Project, rule: str, old: str, new: str, line: int, words: str) -> None:
    project.feature((old, new))
    found = [finding for finding in project.findings() if finding.rule == rule]
    assert [(finding.file, finding.line) for finding in found] == [(FEATURE_FILE, line)], project.findings()
    assert words in f"{found[0].why} {found[0].what_to_do}"
    assert found[0].what_to_do


# rule, what is replaced in the steps, the line, words
IN_THE_STEPS = [
    ("unused-step", LAST, LAST + DEFINITION.format(sentence="nobody says this", parameters=""), 22, "no feature uses"),
    ("wrong-signature", 'number: int) -> None:\n    """Apples', ') -> None:\n    """Apples', 7, "gives 1 parameter, there_are() takes 0"),
    ("wrong-signature", 'number: int) -> None:\n    """Apples', 'number: str) -> None:\n    """Apples', 7, "{int} gives int"),
    ("wrong-signature", '(context: Context, number: int) -> None:\n    """Apples', '() -> None:\n    """Apples', 7, "takes no context"),
    ("unreadable-for-editors", '@given("there are {int} apple/apples")', '@given("there are {int} apple(s)")', 7, "because of ( )"),
    (
        "unreadable-definition",
        '@given("there are {int} apple/apples")',
        '@given("there are {int} apple/(")',
        7,
        "not a Cucumber expression",
    ),
    ("unreadable-definition", '@given("there are {int} apple/apples")', '@given("there are {size} apple/apples")', 7, "size"),
    ("unreadable-definition", '@given("there are {int} apple/apples")', '@given(f"there are {1} apple/apples")', 7, "put together"),
    ("undocumented-step", '    """Apples are there."""', "    del number", 7, "no docstring"),
    (
        "ambiguous-definition",
        LAST,
        LAST + DEFINITION.format(sentence="there are {int} in the {word}", parameters=", number: int, place: str"),
        17,
        "both fit 'there are 7 in the \"words\"'",
    ),
    ("overlooked", LAST, f"{LAST}\n\ndef before_all(context: Context) -> None:\n{LAST}", 22, "hooks stand in environment.py"),
    ("sleeping-code", '    """Apples are there."""', '    """Apples are there."""\n    time.sleep(1)', 10, "time.sleep(1)"),
]


@pytest.mark.parametrize(("rule", "old", "new", "line", "words"), IN_THE_STEPS, ids=lambda value: str(value)[:30])
def test_what_is_wrong_in_the_steps_is_found_at_its_line(project: Project, rule: str, old: str, new: str, line: int, words: str) -> None:
    head = ("from behave import", "import time; from behave import") if rule == "sleeping-code" else ("Apples.", "Apples.")
    project.steps(head, (old, new))
    found = [finding for finding in project.findings() if finding.rule == rule]
    assert (STEPS_FILE, line) in [(finding.file, finding.line) for finding in found], project.findings()
    assert words in " ".join(f"{finding.why} {finding.what_to_do}" for finding in found)


def test_a_project_that_is_right_has_no_findings(project: Project) -> None:
    assert project.findings() == []


def test_a_step_that_two_definitions_fit_is_ambiguous_also_when_their_keywords_differ(project: Project) -> None:
    sentence = '\n\n@given("{string} brings 1 apple")\ndef other(context: Context, name: str) -> None:\n    """Brings one."""\n'
    project.write(STEPS_FILE, STEPS + sentence)
    (found,) = [finding for finding in project.findings() if finding.rule == "ambiguous-step"]
    assert (found.file, found.line) == (FEATURE_FILE, 12)
    assert "steps/apples.py:12" in found.why
    assert "steps/apples.py:22" in found.why


def test_a_function_may_have_two_sentences(project: Project) -> None:
    project.steps(
        ('@given("there are {int} apple/apples")', '@given("there are {int} apple/apples")\n@when("there are {int} apple/apples")')
    )
    assert "ambiguous-step" not in project.rules()


def test_scenarios_of_one_name_are_told_apart(project: Project) -> None:
    project.write(FEATURE_FILE, FEATURE + SECOND.format(name="One more  is counted"))
    (found,) = project.findings()
    assert (found.rule, found.line) == ("duplicate-scenario", 15)
    project.write(FEATURE_FILE, FEATURE + SECOND.format(name="One less is counted"))
    assert project.findings() == []


def test_features_of_one_name_are_told_apart(project: Project) -> None:
    project.feature(file="features/more.feature")
    assert project.rules() == ["duplicate-feature"]


def test_a_feature_without_scenarios_is_found(project: Project) -> None:
    project.write("features/empty.feature", "Feature: Nothing yet\n")
    assert project.rules() == ["no-scenario"]


def test_an_outline_without_examples_is_found(project: Project) -> None:
    project.write(FEATURE_FILE, FEATURE + OUTLINE.format(name="Many", tag="@p0").partition("    Examples")[0])
    assert "no-scenario" in project.rules()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("", "", []),
        ("<place>", "<plaice>", ["unknown-column", "unused-column"]),
        ("<place>", "basket", ["unused-column"]),
        ("| count |", "| cuont |", ["unknown-column", "unused-column"]),
    ],
)
def test_placeholders_and_columns_belong_together(project: Project, old: str, new: str, expected: list[str]) -> None:
    outline = OUTLINE.format(name="Many", tag="@smoke").replace(old, new) if old else OUTLINE.format(name="Many", tag="@smoke")
    project.write(FEATURE_FILE, FEATURE + outline)
    assert [rule for rule in project.rules() if rule.endswith("column")] == expected


def test_a_tag_that_a_row_makes_is_looked_at(project: Project) -> None:
    project.write(FEATURE_FILE, FEATURE + OUTLINE.format(name="Many", tag="@needs.<place>"))
    (found,) = project.findings()
    assert found.rule == "unknown-tag"
    assert "no substrate or platform offers the capability 'basket'" in found.why


def test_what_stands_in_a_rings_folder_has_its_tag(project: Project) -> None:
    project.feature(("Counting", "Counting more"), ("@ring1", "@ring2"), file="features/ring1_in_process/more.feature")
    assert project.rules() == ["ring-of-its-folder"]


def test_a_feature_that_promises_a_word_declares_it(project: Project) -> None:
    project.feature(("One more is counted", "The URL is counted"))
    assert project.rules() == ["banned-word"]
    project.feature(("One more is counted", "The URL is counted"), ("@p0", "@p0 @wording.url"))
    assert project.findings() == []


def test_a_word_that_stands_in_many_lines_is_told_once(project: Project) -> None:
    project.feature(("One more is counted", "The URL is counted"), ('"basket"', '"the URL"'))
    (found,) = project.findings()
    assert found.line == 11
    assert "also in line 13" in found.why


def test_a_function_may_take_any_number_of_parameters(project: Project) -> None:
    project.steps(("context: Context, number: int, place: str", "context: Context, *both: object"))
    assert project.findings() == []
    project.steps(("context: Context, number: int, place: str", "context: Context, number: int, place: str, more: str, *rest: object"))
    assert project.rules() == ["wrong-signature"]


def test_words_of_descriptions_are_free(project: Project) -> None:
    project.feature(("It protects the count.", "It protects the count that the API call GET /count answers."))
    assert project.findings() == []


def test_a_sabotage_that_is_caught_needs_no_words(project: Project) -> None:
    project.feature(("  Catches no sabotage: it has none of its own\n", ""), ("@p0", "@p0 @catches.flops-not-relayed"))
    assert project.findings() == []


@pytest.mark.parametrize(
    "said", ["import asyncio\n\n\nasync def go() -> None:\n    await asyncio.sleep(0)\n", "def sleep() -> None: ...\n\n\nsleep()\n"]
)
def test_code_that_does_not_wait_is_left_alone(project: Project, said: str) -> None:
    project.write("support/more.py", said)
    assert project.findings() == []


@pytest.mark.parametrize(
    "said",
    [
        "from time import sleep\n\nsleep(1)\n",
        "import time as t\n\nt.sleep(2)\n",
        "from asyncio import sleep as s\n\n\nasync def go():\n    await s(1)\n",
    ],
)
def test_a_sleep_is_found_by_any_name(project: Project, said: str) -> None:
    project.write("support/more.py", said)
    assert project.rules() == ["sleeping-code"]


def test_every_rule_says_what_it_is_for_and_is_tried_here() -> None:
    tried = {row[0] for row in (*IN_THE_FEATURE, *IN_THE_STEPS)}
    tried |= {
        "ambiguous-step",
        "duplicate-scenario",
        "duplicate-feature",
        "no-scenario",
        "unknown-column",
        "unused-column",
        "ring-of-its-folder",
    }
    assert tried == {name_of(rule) for rule in RULES}
    assert all(rule.__doc__ for rule in RULES)


def test_a_platforms_features_know_its_own_steps_and_those_for_all_and_no_others(project: Project) -> None:
    project.feature(("Counting", "Counting of a platform"), file="features/tracebloc/more.feature")
    missing = [finding for finding in project.findings() if finding.rule == "undefined-step"]
    assert {str(finding.file) for finding in missing} == {"features/tracebloc/more.feature"}
    assert "define it in steps/tracebloc/" in missing[0].what_to_do
    project.write("steps/tracebloc/apples.py", STEPS)
    assert project.findings() == []
    Path("steps/tracebloc/apples.py").unlink()
    Path("steps/common").mkdir()
    STEPS_FILE.rename("steps/common/apples.py")
    assert project.findings() == []


def test_steps_for_all_and_a_platforms_may_not_say_the_same(project: Project) -> None:
    project.write("steps/common/apples.py", STEPS)
    project.write("steps/tracebloc/apples.py", STEPS)
    assert {"ambiguous-definition", "unused-step"} <= set(project.rules())


def test_a_tag_that_the_project_declares_is_known(project: Project) -> None:
    project.feature(("@p0", "@p0 @slow @needs.printer"))
    assert project.rules() == ["unknown-tag"]
    project.write("ringmaster.toml", '[tags]\nslow = "takes long"\n[capabilities]\nprinter = "none is connected"\n')
    _declared.cache_clear()
    assert project.findings() == []


def test_words_that_only_a_platform_finds_technical_are_found(project: Project) -> None:
    project.feature(("One more is counted", "A word is sent to the flops-queue"))
    assert project.rules() == ["banned-word"]
