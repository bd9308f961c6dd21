"""What looks like a feature, a hook or a step module and is none is pointed out, and what people put aside is left alone."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from support.overlooked import overlooked
from tests.runner.conftest import Run, project, run, surroundings

__all__ = ["project", "run", "surroundings"]

FEATURE = "Feature: f\n"
STEPS = "from behave import step\n\n@step('it is done')\ndef done(context): pass\n"
HOOK = "def before_all(context): pass\n"


@pytest.fixture
def found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """`found({"features/a.feature": text, ...})` tells what is overlooked in such a project."""
    monkeypatch.chdir(tmp_path)

    def found(files: dict[str, str], loaded: Sequence[Path] = (Path("steps"),)) -> list[str]:
        for name, text in {"steps/known.py": "", **files}.items():
            Path(name).parent.mkdir(parents=True, exist_ok=True)
            Path(name).write_text(text)
        return [str(each) for each in overlooked([Path("features")], Path(), loaded)]

    return found


@pytest.mark.parametrize("name", ["a.feature.txt", "a.Feature", "A.FEATURE", "a.features", "a.faeture"])
def test_a_file_named_nearly_as_a_feature_is_pointed_out(name: str, found: Callable[..., list[str]]) -> None:
    assert found({f"features/deep/{name}": FEATURE}) == [
        f"features/deep/{name}:1: is not read: if it is a feature, let its name end with .feature"
    ]


@pytest.mark.parametrize("name", ["a.feature", "a.feature.bak", "a.feature~", "a.feature.orig", "features.md", "a.txt", "feature"])
def test_features_and_what_was_put_aside_are_not(name: str, found: Callable[..., list[str]]) -> None:
    assert found({f"features/{name}": FEATURE}) == []


@pytest.mark.parametrize(
    ("name", "hook"),
    [
        ("before_scenarios", "before_scenario"),
        ("after_scenerio", "after_scenario"),
        ("before_all_", "before_all"),
        ("Before_All", "before_all"),
        ("afterStep", "after_step"),
        ("befor_feature", "before_feature"),
    ],
)
def test_a_function_named_nearly_as_a_hook_is_pointed_out(name: str, hook: str, found: Callable[..., list[str]]) -> None:
    assert found({"environment.py": f"\ndef {name}(context): pass\n"}) == [
        f"environment.py:2: nothing calls {name}: if it is a hook, call it {hook}"
    ]


@pytest.mark.parametrize(
    "code", [HOOK, "def before_login(): pass\n", "def before_scenarios(): pass\ndef before_all(context): before_scenarios()\n"]
)
def test_hooks_and_what_they_call_are_not(code: str, found: Callable[..., list[str]]) -> None:
    assert found({"environment.py": code}) == []


@pytest.mark.parametrize("name", ["steps/known.py", "features/deep/environment.py"])
def test_hooks_elsewhere_than_in_environment_are_pointed_out(name: str, found: Callable[..., list[str]]) -> None:
    (told,) = found({name: HOOK})
    assert told.startswith(f"{name}:1: ")
    assert told.endswith("hooks stand in environment.py")


def test_a_misspelt_file_of_hooks_is_pointed_out(found: Callable[..., list[str]]) -> None:
    assert found({"enviroment.py": HOOK}) == ["enviroment.py:1: is not read: if it has the hooks, call it environment.py"]


@pytest.mark.parametrize("name", ["steps/deep/more.py", "steps/more.Py", "steps/more.py.txt", "step/more.py", "features/more.py"])
def test_step_modules_where_nothing_looks_are_pointed_out(name: str, found: Callable[..., list[str]]) -> None:
    (told,) = found({name: STEPS})
    assert told.startswith(f"{name}:3: its steps are not loaded: step modules stand directly in steps")


@pytest.mark.parametrize("name", ["_aside/more.py", "people/more.Py", "people/_aside/more.py"])
def test_in_a_platforms_folders_too(name: str, found: Callable[..., list[str]]) -> None:
    steps = {f"steps/tracebloc/{each}": STEPS for each in (name, "teams.py", "people/accounts.py", "people/deep/more.py")}
    folders = [Path("steps/tracebloc"), Path("steps/tracebloc/people"), Path("steps/tracebloc/people/deep")]
    (told,) = found(steps, folders)
    assert told.startswith(f"steps/tracebloc/{name}:3: its steps are not loaded: step modules stand directly in steps/tracebloc,")


@pytest.mark.parametrize(
    "files",
    [{"steps/more.py.bak": STEPS}, {"steps/deep/helpers.py": HOOK}, {"steps/deep/more.py": STEPS, "steps/a.py": "import deep.more"}],
)
def test_step_modules_that_are_imported_or_put_aside_are_not(files: dict[str, str], found: Callable[..., list[str]]) -> None:
    assert found(files) == []


def test_a_run_says_what_it_does_not_use(project: Callable[..., Path], run: Run) -> None:
    folder = project(f="Feature: f\n  Scenario: s\n    Given it passes\n")
    (folder / "environment.py").write_text("def before_scenarios(context, scenario): raise ValueError\n")
    (folder / "features" / "g.Feature").write_text(FEATURE)
    outcome = run(folder)
    assert outcome.exit_code == 0, outcome.output
    assert "not used: environment.py:1: nothing calls before_scenarios: if it is a hook, call it before_scenario" in outcome.output
    assert "not used: features/g.Feature:1: is not read" in outcome.output


def test_a_run_of_nothing_says_what_is_there(project: Callable[..., Path], run: Run) -> None:
    folder = project(f=FEATURE)
    (folder / "features" / "f.feature").rename(folder / "features" / "f.feature.txt")
    outcome = run(folder)
    assert outcome.exit_code == 2
    assert "features/f.feature.txt:1: is not read" in outcome.output
