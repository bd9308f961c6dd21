"""Wrong input and missing parts: one clear message, the exit code of the table, never a traceback."""

import json
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.runs.conftest import Ringmaster, assert_refused, small_project

HIDING = """
import sys
class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            raise ModuleNotFoundError("No module named " + repr(name), name=name)
sys.meta_path.insert(0, Hidden())
"""


@pytest.fixture
def without(tmp_path: Path) -> Callable[[str], str]:
    """`without("torch")` gives a PYTHONPATH on which that module cannot be imported, as if it were not installed."""

    def hide(module: str) -> str:
        (tmp_path / "hiding").mkdir()
        (tmp_path / "hiding" / "sitecustomize.py").write_text(HIDING.format(module=module))
        return f"{tmp_path / 'hiding'}:{Path(__file__).parent.parent.parent}"

    return hide


def test_an_unknown_substrate_is_refused_with_the_known_ones(ringmaster: Ringmaster) -> None:
    assert_refused(ringmaster("run", "--substrate", "embeded"), 2, "'embeded'", "nearest first: embedded")


def test_an_unset_environment_name_is_refused(ringmaster: Ringmaster, tmp_path: Path) -> None:
    (tmp_path / "empty.toml").touch()
    refused = ringmaster("run", "--tags", "@smoke", RINGMASTER_SETTINGS_FILE=str(tmp_path / "empty.toml"))
    assert_refused(refused, 2, "client_env", "not set", "dev or stg")


def test_an_unknown_environment_name_is_refused(ringmaster: Ringmaster) -> None:
    assert_refused(ringmaster("run", RINGMASTER_CLIENT_ENV="test-e2e"), 2, "RINGMASTER_CLIENT_ENV", "'test-e2e'", "nothing was started")


@pytest.mark.parametrize("option", ["--client-checkout", "--frontend-checkout"])
def test_a_folder_that_is_no_checkout_is_refused(ringmaster: Ringmaster, option: str, tmp_path: Path) -> None:
    assert_refused(ringmaster("run", option, str(tmp_path)), 2, f"option {option}: {tmp_path} is no checkout of")


def test_a_broken_settings_file_is_named_with_the_place(ringmaster: Ringmaster, tmp_path: Path) -> None:
    (tmp_path / "broken.toml").write_text("client_env = dev\n")
    outcome = ringmaster("run", RINGMASTER_SETTINGS_FILE=str(tmp_path / "broken.toml"))
    assert_refused(outcome, 2, "broken.toml", "not valid TOML", "line 1")


def test_a_missing_feature_is_named(ringmaster: Ringmaster) -> None:
    assert_refused(ringmaster("run", "features/nowhere.feature"), 2, "features/nowhere.feature")


def test_features_without_a_folder_of_steps_are_refused(ringmaster: Ringmaster, tmp_path: Path) -> None:
    features = tmp_path / "elsewhere" / "features"
    features.mkdir(parents=True)
    (features / "a.feature").write_text("Feature: f\n  Scenario: s\n    Given a step\n")
    refused = ringmaster("run", "--substrate", "none", folder=features.parent)
    assert_refused(refused, 2, f"there is no folder 'steps' in {features} or above it")


def test_a_tag_that_selects_nothing_is_refused(ringmaster: Ringmaster) -> None:
    assert_refused(ringmaster("run", "--tags", "@smokey"), 2, "'@smokey' is not a known tag. Did you mean '@smoke'?")


def test_an_unknown_profile_is_refused_with_the_nearest_known_one(ringmaster: Ringmaster) -> None:
    assert_refused(ringmaster("run", "--profile", "smok"), 2, "no profile 'smok'. Did you mean 'smoke'?")


def test_a_capability_that_no_substrate_knows_is_refused(ringmaster: Ringmaster) -> None:
    assert_refused(
        ringmaster("run", "--tags", "@needs.clster"),
        2,
        "no substrate or platform offers the capability 'clster'",
        "Did you mean 'cluster'?",
    )


def test_a_ring_that_is_not_there_is_refused(ringmaster: Ringmaster) -> None:
    outcome = ringmaster("run", "--ring", "4")
    assert outcome.exit_code == 2
    assert "--ring" in outcome.output


def test_a_list_says_what_would_run_and_why_the_rest_would_not(ringmaster: Ringmaster) -> None:
    outcome = ringmaster("run", "--list", "--profile", "smoke")
    assert outcome.exit_code == 0, outcome.output
    assert "features/tracebloc/ring3_platform/01_single_participant.feature:" in outcome.output
    assert "would be skipped: needs installer: " in outcome.output
    assert not (outcome.results / "latest").exists()


def test_a_broken_tag_expression_is_refused(ringmaster: Ringmaster) -> None:
    assert_refused(ringmaster("run", "--tags", "@a and (@b"), 2, "tag")


def test_broken_gherkin_is_refused_with_its_place(ringmaster: Ringmaster, tmp_path: Path) -> None:
    (tmp_path / "broken.feature").write_text("Feature: x\n  Scenario: y\n    Given it rains\n    Whenever it pours\n")
    assert_refused(ringmaster("run", str(tmp_path / "broken.feature")), 2, "broken.feature", "line 4")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('@then("one is {number:d}")', "Undefined parameter type 'number:d'"),
        ('@then("one is {int}"', "SyntaxError: '(' was never closed"),
        ("import no_such_module", "steps/tracebloc/small.py:4: ModuleNotFoundError: No module named 'no_such_module'"),
        ("made_up_name", "steps/tracebloc/small.py:4: NameError: name 'made_up_name' is not defined"),
        ('@then("one is 1")\ndef first(context): pass\n@then("one is 1")', "steps/tracebloc/small.py:6: AmbiguousStep: "),
    ],
)
def test_steps_that_cannot_be_loaded_are_refused_with_their_place(ringmaster: Ringmaster, tmp_path: Path, line: str, told: str) -> None:
    steps = f"from behave import then\n\n\n{line}\ndef is_one(context, *numbers):\n    pass\n"
    project = small_project(tmp_path, "Feature: small\n  Scenario: one\n    Then one is 1\n", steps)
    assert_refused(ringmaster("run", "--substrate", "none", folder=project), 2, "the hooks and steps cannot be loaded", told)


def test_results_that_cannot_be_written_are_refused(ringmaster: Ringmaster, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert_refused(ringmaster("run", "--results-folder", str(tmp_path / "file")), 2, "results folder", "file")


def test_missing_torch_is_said_before_anything_starts(ringmaster: Ringmaster, without: Callable[[str], str]) -> None:
    outcome = ringmaster("run", "--tags", "@smoke", PYTHONPATH=without("torch"))
    assert_refused(outcome, 3, "torch", "pip install")


def test_a_service_that_dies_at_start_is_named_with_its_last_log_lines(ringmaster: Ringmaster, without: Callable[[str], str]) -> None:
    outcome = ringmaster("run", "--tags", "@smoke", PYTHONPATH=without("environments.platforms.tracebloc.backend.storage.mail"))
    assert outcome.exit_code == 3, outcome.output
    assert "backend" in outcome.output
    assert "No module named" in outcome.output
    run = (outcome.results / "latest").resolve()
    told = re.search(r"Its logs are in (\S+)", outcome.output)
    assert told is not None, outcome.output
    assert Path(told[1]) == run / "logs"
    assert "No module named" in (run / "logs" / "backend.log").read_text()
    # no report that could be taken for a good one
    assert outcome.record["exit_code"] == 3
    assert [row["status"] for row in outcome.record["scenarios"]] == ["hook_error"]
    (suite,) = (ElementTree.parse(file).getroot() for file in (run / "junit").glob("*.xml"))  # noqa: S314 - our own file
    assert suite.get("errors") == "1"
    (result,) = (json.loads(file.read_text()) for file in (run / "allure-results").glob("*-result.json"))
    assert result["status"] == "broken"
    assert "the platform could not be started: backend died with exit code 1" in result["statusDetails"]["message"]
    assert "Exit code 3: the platform could not be started" in outcome.output
    assert_refused(ringmaster("run", "--rerun-failed"), 2, "no scenario ran in the last run")


@pytest.mark.parametrize(
    ("named", "words"), [(["--deployment", "nowhere"], "there is no deployment 'nowhere'"), ([], "needs the name of a deployment")]
)
def test_a_deployment_that_is_not_there_is_refused_even_if_no_scenario_needs_it(
    ringmaster: Ringmaster, tmp_path: Path, named: list[str], words: str
) -> None:
    (tmp_path / "features" / "steps").mkdir(parents=True)
    (tmp_path / "features" / "f.feature").write_text("Feature: f\n  Scenario: s\n    Given it passes\n")
    (tmp_path / "features" / "steps" / "steps.py").write_text("from behave import step\n@step('it passes')\ndef passes(context): pass\n")
    assert_refused(ringmaster("run", "--substrate", "remote", *named, folder=tmp_path), 2, words)
