"""A new step: where it goes, what it takes, that it lints and is typed at once, and what is refused."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from support.authoring.lint.check import lint
from support.commands.application import application

PROJECT = Path(__file__).parents[3]
TEAMS = '''"""Teams."""

from behave import given, then
from behave.runner import Context


@given("{string} is in the team of {string}")
def is_in_team(context: Context, role: str, member: str) -> None:
    """Somebody lands in a team."""
    context.seen = (role, member)


@then("the team of {string} has {int} experiment/experiments")
def team_has(context: Context, role: str, number: int) -> None:
    """As the web shows."""
    context.seen = (role, number)
'''
TYPES = '''"""Values."""

from behave.cucumber_expression import define_parameter_type_with

define_parameter_type_with(name="use_case", regexp='the use case(?: "[^"]*")?', type=str)
'''
OTHERS = '''"""Models."""

from behave import when
from behave.runner import Context


@when("{string} uploads a model to {use_case}")
def uploads(context: Context, role: str, use_case: str) -> None:
    """Uploads."""
    context.seen = (role, use_case)
'''
FEATURE = """@ring1 @p0 @budget.5
Feature: Teams

  Catches: nothing yet.
  Catches no sabotage: it is an example.

  Scenario: A team
    Given "Ada" is in the team of "Ben"
    When "Ada" uploads a model to the use case
    Then the team of "Ada" has 1 experiment
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Features and steps of tracebloc, in a folder of their own."""
    files = {
        "steps/_parameter_types.py": TYPES,
        "steps/tracebloc/teams.py": TEAMS,
        "steps/tracebloc/models.py": OTHERS,
        "features/tracebloc/ring1_in_process/teams.feature": FEATURE,
        "features/tracebloc/synonyms.toml": 'same = [["uploads", "sends"]]\n',
        "environment.py": '"""Hooks."""\n',
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def called(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(application, ["new", "step", "--platform", "tracebloc", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
    return result.exit_code, result.output


def text_of(project: Path, module: str) -> str:
    return (project / "steps" / "tracebloc" / f"{module}.py").read_text()


@pytest.mark.parametrize(
    ("sentence", "module", "made"),
    [
        ('"Ada" leaves the team', "teams", '@step("{string} leaves the team")\ndef leaves_team(context: Context, role: str) -> None:'),
        (
            '"Ada" forgets the models of the use case "second" after 3 days',
            "models",
            '@step("{string} forgets the models of {use_case} after {int} days")\n'
            "def forgets_models_after_days(context: Context, role: str, use_case: str, days: int) -> None:",
        ),
        (
            'the team of {string} is told "{word}": {string}',
            "teams",
            "@step('the team of {string} is told \"{word}\": {string}')\n"
            "def team_told(context: Context, role: str, words: str, words_3: str) -> None:",
        ),
        (
            "a team of 2.5 models and 3 models costs 1.5",
            "models",
            '@step("a team of {float} models and {int} models costs {float}")\n'
            "def team_models_models_costs(context: Context, models: float, models_2: int, costs: float) -> None:",
        ),
    ],
)
def test_an_example_becomes_a_typed_step_in_the_module_of_its_topic(project: Path, sentence: str, module: str, made: str) -> None:
    exit_code, output = called(sentence)
    assert exit_code == 0, output
    assert f"steps/tracebloc/{module}.py: " in output
    assert made in text_of(project, module)


def test_it_lints_and_is_typed_and_formatted_at_once(project: Path) -> None:
    for arguments in (['"Ada" leaves the team'], ["class 3 is lambda 4", "--topic", "made_new"], ["the team sleeps", "--keyword", "when"]):
        exit_code, output = called(*arguments)
        assert exit_code == 0, output
    assert [str(finding) for finding in lint(()).findings] == []
    settings = ["--config", str(PROJECT / "pyproject.toml")]
    for command in (["check", "--no-cache", *settings], ["format", "--check", "--no-cache", *settings]):
        checked = subprocess.run([sys.executable, "-m", "ruff", *command, "steps"], capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stdout
    typed = [sys.executable, "-m", "mypy", "--strict", "--ignore-missing-imports", "--allow-untyped-decorators", "steps/tracebloc"]
    checked = subprocess.run(typed, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


def test_what_was_in_the_module_stays(project: Path) -> None:
    assert called('"Ada" leaves the team', "--keyword", "when")[0] == 0
    changed = text_of(project, "teams")
    assert changed.replace("given, then, when", "given, then").startswith(TEAMS)


def test_the_keyword_is_that_of_the_feature_which_already_says_it(project: Path) -> None:
    feature = project / "features" / "tracebloc" / "ring1_in_process" / "teams.feature"
    feature.write_text(FEATURE.replace("    Then", '    And "Ada" leaves the team\n    Then'))
    assert called('"Ada" leaves the team')[0] == 0
    assert '@when("{string} leaves the team")' in text_of(project, "teams")


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        ('"Cleo" is in the team of "Ada"', "a sentence for it exists already: '{string} is in the team of {string}'"),
        ('"Ada" sends a model to the use case', "a sentence for it exists already: '{string} uploads a model to {use_case}'"),
        ('"Ada" leaves (for good)', "editors take a sentence with ( )"),
        ("Ada leaves.", "it begins with a small letter, and no period ends it"),
        ("", "a sentence has words"),
        ("x" * 200, "at most 115 characters"),
        ("{string} joins {usecase}", "there is no parameter type 'usecase'. Did you mean 'use_case'?"),
    ],
)
def test_what_cannot_be_a_step_is_refused_and_nothing_is_written(project: Path, sentence: str, why: str) -> None:
    exit_code, output = called(sentence)
    assert exit_code == 2
    assert why in output
    assert (text_of(project, "teams"), text_of(project, "models")) == (TEAMS, OTHERS)


def test_what_one_sentence_denies_and_the_other_says_is_not_the_same(project: Path) -> None:
    assert called('"Ada" is not in the team of "Ben"')[0] == 0
    assert "{string} is not in the team of {string}" in text_of(project, "teams")


def test_a_sentence_alike_is_made_when_it_is_asked_for(project: Path) -> None:
    assert called('"Ada" sends a model to the use case', "--although-alike")[0] == 0
    assert '"{string} sends a model to {use_case}"' in text_of(project, "models")


def test_a_topic_that_names_no_module_is_refused(project: Path) -> None:
    exit_code, output = called("the sun shines", "--topic", "../up")
    assert (exit_code, "'../up' cannot name a module of steps" in output) == (2, True)
    assert not (project / "steps" / "up.py").exists()


@pytest.fixture
def subjects(project: Path) -> Path:
    """The same, with the modules in folders by subject."""
    steps = project / "steps" / "tracebloc"
    for name in ("people/teams", "people/terms", "training/models", "training/terms"):
        (steps / name).parent.mkdir(exist_ok=True)
        (steps / f"{name}.py").write_text('"""Terms."""\n' if name.endswith("terms") else (steps / f"{Path(name).name}.py").read_text())
    (steps / "teams.py").unlink()
    (steps / "models.py").unlink()
    return project


@pytest.mark.parametrize(
    ("sentence", "topic", "module"),
    [
        ('"Ada" leaves the team', (), "people/teams"),
        ('"Ada" leaves the team', ("--topic", "models"), "training/models"),
        ('"Ada" leaves the team', ("--topic", "training/terms"), "training/terms"),
        ('"Ada" leaves the team', ("--topic", "farewells"), "people/farewells"),
        ('"Ada" forgets the models of the use case', ("--topic", "farewells"), "training/farewells"),
        ("the sun shines", ("--topic", "weather"), "weather"),
        ('"Ada" leaves the team', ("--topic", "farewells/teams"), "farewells/teams"),
    ],
)
def test_it_goes_into_the_folder_of_its_subject(subjects: Path, sentence: str, topic: tuple[str, ...], module: str) -> None:
    exit_code, output = called(sentence, *topic)
    assert exit_code == 0, output
    assert f"steps/tracebloc/{module}.py: " in output
    assert "raise NotImplementedError" in text_of(subjects, module)


@pytest.mark.usefixtures("subjects")
def test_a_topic_of_two_folders_is_refused_with_both() -> None:
    exit_code, output = called('"Ada" leaves the team', "--topic", "terms")
    assert (exit_code, "there are several modules 'terms'" in output) == (2, True)
    assert "people/terms, training/terms" in " ".join(output.split())


def test_a_new_feature_suggests_steps_by_the_words_of_its_name(project: Path) -> None:
    result = CliRunner().invoke(application, ["new", "feature", "Sending models", "--platform", "tracebloc"])
    assert result.exit_code == 0, result.output
    assert 'When "Ada" uploads a model to the use case' in result.output.partition("Steps that may fit:")[2]
