"""Each feature is matched with the steps of its own folders: those of two platforms never meet, though both run at once."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from support.runner.behave_adapter.steps import StepLibraries, load_for_plain_behave
from tests.runner.conftest import PROJECT, Outcome, Run

FEATURE = "Feature: {name}\n  Scenario: {name} signs up\n    Given everybody knows this\n    When the owner signs up\n"
COMMON = """
from behave import given
with open("loaded.log", "a") as log: log.write("common\\n")
@given("everybody knows this")
def known(context): pass
"""
OWN = """
from behave import when
from names import NAME
with open("loaded.log", "a") as log: log.write(NAME + "\\n")
@when("the owner signs up")
def signs_up(context):
    with open("seen.log", "a") as log: log.write(NAME + "\\n")
"""

PLATFORM = """
from environments.platform import Platform
class Named(Platform):
    name = "{name}"
    def services(self): return ()
    def new_scene(self, substrate, folder): raise NotImplementedError
PLATFORM = Named
"""

RUN_ALL = """
import sys
from pathlib import Path
import environments.choose
import environments.platforms
environments.choose.PLATFORMS_FOLDER = Path("platforms").resolve()
environments.platforms.__path__.append(str(environments.choose.PLATFORMS_FOLDER))
from {module} import main
sys.argv[0] = "{name}"
sys.exit(main())
"""


@pytest.fixture
def platforms(tmp_path: Path) -> Path:
    """A project with two platforms, whose steps say the same in different words of Python."""
    folder = tmp_path / "two"
    (folder / "steps" / "common").mkdir(parents=True)
    (folder / "steps" / "common" / "everybody.py").write_text(COMMON)
    for name in ("market", "shop"):
        for place in (f"features/{name}", f"steps/{name}", f"platforms/{name}"):
            (folder / place).mkdir(parents=True)
        (folder / "platforms" / name / "platform.py").write_text(PLATFORM.format(name=name))
        (folder / "features" / name / "people.feature").write_text(FEATURE.format(name=name))
        (folder / "steps" / name / "owners.py").write_text(OWN)
        (folder / "steps" / name / "names.py").write_text(f'NAME = "{name}"\n')
    (folder / "steps" / "platforms.py").write_text((PROJECT / "steps" / "platforms.py").read_text())
    return folder


@pytest.fixture
def start(platforms: Path, surroundings: dict[str, str]) -> Callable[..., Outcome]:
    """`start("ringmaster", "run", ...)` or `start("behave", ...)` in that project."""

    def start(program: str, *arguments: str, **variables: str) -> Outcome:
        module = {"ringmaster": "support.__main__", "behave": "behave.__main__"}[program]
        code = RUN_ALL.format(module=module, name=program)
        ended = subprocess.run(
            [sys.executable, "-c", code, *arguments],
            cwd=platforms,
            env=surroundings | variables,
            capture_output=True,
            text=True,
            timeout=60,
            stdin=subprocess.DEVNULL,
        )
        return Outcome(ended.returncode, ended.stdout + ended.stderr, platforms, (platforms / "reports" / "out" / "latest").resolve())

    return start


def test_two_platforms_in_one_run_each_have_their_own_sentence(start: Callable[..., Outcome]) -> None:
    outcome = start("ringmaster", "run", "--workers", "2", RINGMASTER_SUBSTRATE="embedded")
    assert outcome.exit_code == 0, outcome.output
    assert sorted(outcome.noted("seen.log")) == ["market", "shop"]
    assert sorted(outcome.noted("loaded.log")) == ["common", "market", "shop"]


@pytest.fixture
def subjects(platforms: Path) -> Path:
    """The same, with the steps of each platform in folders by subject; modules of one name mean the one that stands nearest."""
    for name in ("market", "shop"):
        own = platforms / "steps" / name
        for file, text in {
            "_parameter_types.py": "from pathlib import Path\nwith open('loaded.log', 'a') as log: log.write('types\\n')\n",
            "_helpers/shared.py": f"from behave import when\nWHOSE = '{name}'\n",
            "_helpers/not_loaded.py": "raise AssertionError('nothing asked for it')\n",
            ".hidden/not_loaded.py": "raise AssertionError('nothing asked for it')\n",
            "people/names.py": f'NAME = "people-of-{name}"\n',
            "people/deep/er/names.py": f'NAME = "deep-people-of-{name}"\n',
            "people/deep/er/visitors.py": OWN.replace("signs up", "looks around"),
            "people/guests.py": f"from _helpers.shared import WHOSE\nassert WHOSE == '{name}'\n{OWN.replace('signs up', 'comes back')}",
            "people/deep/kinds.py": "KIND = 'deep'\n",
            "people/deep/hooks.py": "from kinds import KIND\nassert KIND == 'deep'\ndef before_all(context): raise AssertionError\n",
            "goods/kinds.py": "KIND = 'goods'\n",
            "goods/prices.py": f"from kinds import KIND\nassert KIND == 'goods'\n{OWN.replace('signs up', 'pays')}",
        }.items():
            (own / file).parent.mkdir(parents=True, exist_ok=True)
            (own / file).write_text(text)
        more = "    When the owner comes back\n    When the owner looks around\n    When the owner pays\n"
        (platforms / "features" / name / "people.feature").write_text(FEATURE.format(name=name) + more)
    return platforms


NAMES = ["{}", "people-of-{}", "deep-people-of-{}", "{}"]


@pytest.mark.usefixtures("subjects")
def test_steps_in_the_folders_of_a_platform_are_loaded_after_its_own_and_by_name(start: Callable[..., Outcome]) -> None:
    outcome = start("ringmaster", "run", "--workers", "1", RINGMASTER_SUBSTRATE="embedded")
    assert outcome.exit_code == 0, outcome.output
    unused = [line.partition("not used: ")[2] for line in outcome.output.splitlines() if "not used: " in line]
    assert unused == [
        f"steps/{name}/people/deep/hooks.py:3: nothing calls before_all here: hooks stand in environment.py" for name in ("market", "shop")
    ]
    assert outcome.noted("seen.log") == [name.format(platform) for platform in ("market", "shop") for name in NAMES]
    loaded = ["types", "{}", "{}", "people-of-{}", "deep-people-of-{}"]
    assert outcome.noted("loaded.log") == ["common", *(name.format(platform) for platform in ("market", "shop") for name in loaded)]


@pytest.mark.usefixtures("subjects")
def test_plain_behave_loads_the_folders_of_a_platform(start: Callable[..., Outcome]) -> None:
    outcome = start("behave", "features/shop")
    assert outcome.exit_code == 0, outcome.output
    assert outcome.noted("seen.log") == [name.format("shop") for name in NAMES]


def test_a_sentence_that_two_folders_of_a_platform_define_is_refused(start: Callable[..., Outcome], subjects: Path) -> None:
    (subjects / "steps" / "shop" / "goods" / "owners.py").write_text(
        'from behave import when\n@when("the owner signs up")\ndef f(c): pass\n'
    )
    outcome = start("ringmaster", "run", "features/shop")
    assert outcome.exit_code == 2, outcome.output
    assert "steps/shop/goods/owners.py:2" in outcome.output


def test_a_folder_in_the_steps_of_another_project_is_not_loaded(project: Callable[..., Path], run: Run) -> None:
    folder = project(f="Feature: f\n  Scenario: s\n    Given it passes\n")
    for name in ("data", "common/data"):
        (folder / "steps" / name).mkdir(parents=True)
        (folder / "steps" / name / "script.py").write_text("raise AssertionError('nobody asked for it')\n")
    outcome = run(folder)
    assert outcome.exit_code == 0, outcome.output


def test_a_run_of_one_platform_loads_nothing_of_the_other(start: Callable[..., Outcome]) -> None:
    outcome = start("ringmaster", "run", "features/shop", RINGMASTER_SUBSTRATE="embedded")
    assert outcome.exit_code == 0, outcome.output
    assert outcome.noted("loaded.log") == ["common", "shop"]


def test_what_needs_nothing_of_its_platform_runs_without_any(start: Callable[..., Outcome], platforms: Path) -> None:
    feature = platforms / "features" / "shop" / "people.feature"
    feature.write_text(f"{FEATURE.format(name='shop')}\n  @without-platform\n  Scenario: shop reads\n    When the owner signs up\n")
    outcome = start("ringmaster", "run", "features/shop", RINGMASTER_SUBSTRATE="none")
    assert outcome.exit_code == 0, outcome.output
    assert "1 passed, 1 skipped" in outcome.output
    (platforms / "platforms" / "shop" / "platform.py").write_text(PLATFORM.format(name="shop").replace("return ()", "raise AssertionError"))
    outcome = start("ringmaster", "run", "features/shop", "--tags", "@without-platform", RINGMASTER_SUBSTRATE="embedded")
    assert outcome.exit_code == 0, outcome.output


def test_a_step_module_that_is_wrong_is_refused_with_its_line(start: Callable[..., Outcome], platforms: Path) -> None:
    (platforms / "steps" / "shop" / "owners.py").write_text('from behave import when\n\n@when("it {is\ndef broken(context): pass\n')
    outcome = start("ringmaster", "run")
    assert outcome.exit_code == 2, outcome.output
    assert "steps/shop/owners.py:3: SyntaxError" in outcome.output
    assert "Traceback" not in outcome.output


def test_a_sentence_of_the_platform_that_is_also_a_common_one_is_refused(start: Callable[..., Outcome], platforms: Path) -> None:
    (platforms / "steps" / "shop" / "again.py").write_text('from behave import given\n@given("everybody knows this")\ndef f(c): pass\n')
    outcome = start("ringmaster", "run")
    assert outcome.exit_code == 2, outcome.output
    assert "steps/shop/again.py:2" in outcome.output
    assert "has already been defined" in outcome.output


@pytest.mark.parametrize("arguments", [["features/shop"], ["features/shop/people.feature:2"]])
def test_plain_behave_runs_one_platform(start: Callable[..., Outcome], arguments: list[str]) -> None:
    outcome = start("behave", *arguments)
    assert outcome.exit_code == 0, outcome.output
    assert outcome.noted("seen.log") == ["shop"]


def test_plain_behave_asks_which_of_two_platforms(start: Callable[..., Outcome]) -> None:
    outcome = start("behave", "features")
    assert outcome.exit_code == 1, outcome.output
    assert "plain behave runs the features of one platform at a time, and these belong to market, shop" in outcome.output
    chosen = start("behave", "features/market", RINGMASTER_PLATFORM="market")
    assert chosen.exit_code == 0, chosen.output


def test_the_module_for_plain_behave_does_nothing_in_a_run_of_our_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(StepLibraries, "loading", True)
    load_for_plain_behave(tmp_path / "steps")


def test_a_folder_without_hooks_reads_cucumber_expressions_and_behaves_own(tmp_path: Path, run: Run) -> None:
    (tmp_path / "bare" / "features").mkdir(parents=True)
    (tmp_path / "bare" / "steps").mkdir()
    (tmp_path / "bare" / "features" / "f.feature").write_text(
        'Feature: f\n  Scenario: s\n    Given 3 apples\n    And a pear\n    And "blue" paint\n    And 7 nails\n    And big ones\n'
    )
    (tmp_path / "bare" / "steps" / "s.py").write_text(
        "from behave import given, register_type\n"
        "register_type(Size=len)\n"
        '@given("{size:Size} ones")\ndef ones(context, size): assert size == 3\n'
        '@given("{int} apple(s)")\ndef apples(context, count): assert count == 3\n'
        '@given("a pear/plum")\ndef pear(context): pass\n'
        "@given('{string} paint')\ndef paint(context, colour): assert colour == 'blue'\n"
        '@given("{count:d} nails")\ndef nails(context, count): assert count == 7\n'
    )
    outcome = run(tmp_path / "bare")
    assert outcome.exit_code == 0, outcome.output


@pytest.mark.parametrize("package", ["support", "environments", "reports"])
def test_a_project_with_a_package_called_as_one_of_ours_is_refused(project: Callable[..., Path], run: Run, package: str) -> None:
    folder = project(f="Feature: f\n  Scenario: s\n    Given it passes\n")
    (folder / package).mkdir()
    (folder / package / "own.py").touch()
    outcome = run(folder.parent, str(folder / "features"))
    assert outcome.exit_code == 2, outcome.output
    assert f"{folder / package} has the name of a package of Ringmaster" in outcome.output
    assert "Traceback" not in outcome.output


def test_steps_of_each_of_two_projects_are_used(tmp_path: Path, run: Run) -> None:
    for name in ("one", "two"):
        (tmp_path / "both" / name / "steps").mkdir(parents=True)
        (tmp_path / "both" / name / "f.feature").write_text("Feature: f\n  Scenario: s\n    Given it is here\n")
        (tmp_path / "both" / name / "steps" / "s.py").write_text(
            f'from behave import given\n@given("it is here")\ndef here(context): open("seen-{name}", "w").close()\n'
        )
    outcome = run(tmp_path / "both", "one", "two")
    assert outcome.exit_code == 0, outcome.output
    assert {file.name for file in (tmp_path / "both").glob("seen-*")} == {"seen-one", "seen-two"}
