"""`ringmaster run --live`: a page in a real browser that fills while the run goes on, and runs what failed once more."""

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

import psutil
import pytest

from support.waiting import eventually
from tests.reports.html.conftest import LOUD, VIEWS, accessibility_findings, browser
from tests.runner.conftest import command, surroundings

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["browser", "surroundings"]

FEATURE = """
Feature: the door
  It lets in who may come in.

  Scenario: opens at once
    Given it passes
  Scenario: waits for the bell
    Given the file bell is there
  Scenario: opens with a key
    Given there is a key
"""
STEPS = """
from pathlib import Path
from behave import given
from support.waiting import eventually

@given("it passes")
def passes(context): pass

@given("the file {name} is there")
def there(context, name):
    eventually(f"the file {name}", Path(name).exists, lambda found: found, within=50)

@given("there is a key")
def key(context):
    assert Path("key").exists(), "nobody has a key"
"""
RUNS_NOW = "section.now li"


@pytest.fixture
def files() -> list[str]:
    """Those of the project that are there from the beginning."""
    return []


@pytest.fixture
def project(tmp_path: Path, files: list[str]) -> Path:
    root = tmp_path / "project"
    for name, text in (("features/door.feature", FEATURE), ("steps/door.py", STEPS), ("environment.py", "")):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    for file in files:
        (root / file).touch()
    return root


def gone(process: psutil.Process) -> None:
    """Wait until it is; nobody may have asked how it ended."""
    eventually("the end of the process", lambda: process.is_running() and process.status() != psutil.STATUS_ZOMBIE, lambda runs: not runs)


class LiveRun:
    """A run that goes on, and where its page is."""

    def __init__(self, project: Path, surroundings: dict[str, str]) -> None:
        self.results = project.parent / "out"
        arguments = command("run", "--workers", "2", "--live", "--results-folder", str(self.results))
        self.process = subprocess.Popen(
            arguments, cwd=project, env=surroundings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
        )
        assert self.process.stdout is not None
        self.address = next(line for line in self.process.stdout if line.startswith("Live: ")).removeprefix("Live: ").strip()
        self.server = next(child for child in psutil.Process(self.process.pid).children() if "reports.live" in child.cmdline())

    def ends(self) -> tuple[int, str]:
        """Its exit code, and what else it said; nothing of it may be left."""
        said, _ = self.process.communicate(timeout=60)
        gone(self.server)
        return self.process.returncode, said


@pytest.fixture
def live(project: Path, surroundings: dict[str, str]) -> Iterator[LiveRun]:
    run = LiveRun(project, surroundings)
    yield run
    if run.process.poll() is None:
        run.process.kill()
    run.process.communicate()


@pytest.fixture
def page(browser: "Browser", live: LiveRun) -> Iterator["Page"]:
    complaints: list[str] = []
    opened = browser.new_page()
    opened.on("console", lambda said: complaints.append(f"{said.type}: {said.text}") if said.type in LOUD else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.set_default_timeout(20_000)
    opened.goto(live.address)
    yield opened
    opened.close()
    assert complaints == []


def test_it_fills_while_the_run_goes_on_and_runs_what_failed_once_more(live: LiveRun, page: "Page", project: Path) -> None:
    page.locator("h1", has_text="2 of 3 done").wait_for()
    running = page.locator(RUNS_NOW)
    running.filter(has_text="waits for the file bell").wait_for()
    assert running.count() == 1
    assert "Given the file bell is there" in running.inner_text()
    before = running.locator(".seconds").inner_text()
    eventually("the seconds to go on", running.locator(".seconds").inner_text, lambda seconds: seconds != before)
    assert page.locator(".legend .ahead").inner_text().split() == ["1", "still", "to", "come"]
    assert "Nobody has a key" in page.locator("section", has_text="What needs attention").inner_text()
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    # what is over can be looked at
    page.locator("section", has_text="What needs attention").locator("a.line").click()
    assert "Nobody has a key" in page.locator(".failure").inner_text()
    page.keyboard.press("1")

    (project / "bell").touch()
    page.locator("h1", has_text="The release has to wait").wait_for()
    assert page.locator(".legend").inner_text().split() == ["✕", "1", "failed", "✓", "2", "passed"]
    page.locator("[name=again]").click()
    # it fails once more, and can be asked for once more
    page.locator(".legend", has_text="1 failed").and_(page.locator(".legend:not(:has-text('passed'))")).wait_for()
    (project / "key").touch()
    page.locator("[name=again]").click()
    page.locator("h1", has_text="What had failed passes now").wait_for()
    code, said = live.ends()
    assert code == 1, said
    assert said.count("On a click, what failed runs once more.") == 2
    assert len([folder for folder in live.results.glob("2*") if (folder / "run.json").is_file()]) == 3


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_while_the_run_goes_on_and_when_it_is_over(
    live: LiveRun, page: "Page", project: Path, scheme: Literal["light", "dark"]
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.locator(RUNS_NOW).filter(has_text="waits for the file bell").wait_for()
    for view in VIEWS:
        page.evaluate(f"location.hash = '#{view}'")
        page.locator(f"main.{view}").wait_for()
        assert accessibility_findings(page) == [], view
    page.evaluate("location.hash = '#overview'")
    (project / "bell").touch()
    page.locator("[name=again]").wait_for()
    assert accessibility_findings(page) == []


def test_filters_and_the_place_on_the_page_stay_while_more_comes(live: LiveRun, page: "Page", project: Path) -> None:
    page.locator("h1", has_text="2 of 3 done").wait_for()
    page.keyboard.press("2")
    page.locator("[name=q]").fill("opens")
    assert page.locator(".scenario-row").count() == 2
    (project / "bell").touch()
    page.locator(".live.over").wait_for()
    assert page.locator(".scenario-row").count() == 2
    assert page.evaluate("document.activeElement.name") == "q"
    assert page.locator("[name=q]").input_value() == "opens"


def test_it_ends_with_the_run_where_nobody_looks(live: LiveRun, project: Path) -> None:
    (project / "bell").touch()
    code, said = live.ends()
    assert code == 1
    assert "stays" not in said


@pytest.mark.parametrize("files", [["key"]])
def test_it_ends_with_a_green_run_though_somebody_looks(live: LiveRun, page: "Page", project: Path) -> None:
    (project / "bell").touch()
    code, said = live.ends()
    assert code == 0, said
    # and the page that is open has all of it
    page.locator("h1", has_text="The release can go").wait_for()
    page.locator(".tabs a", has_text="Scenarios").click()
    assert page.locator(".scenario-row").count() == 3


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_the_run_and_its_page(live: LiveRun, page: "Page", number: int, code: int) -> None:
    page.locator(RUNS_NOW).filter(has_text="waits for the file bell").wait_for()
    os.kill(live.process.pid, number)
    assert live.ends()[0] == code
    page.locator(".live.ended").wait_for()


def test_ctrl_c_while_the_page_stays_leaves_the_exit_code_as_it_is(live: LiveRun, page: "Page", project: Path) -> None:
    (project / "bell").touch()
    page.locator("[name=again]").and_(page.locator("main section:not(.now) *")).wait_for()
    os.kill(live.process.pid, signal.SIGINT)
    code, said = live.ends()
    assert code == 1
    assert "The live page stays until it is closed" in said


def test_nothing_is_left_of_it_when_the_run_is_killed(live: LiveRun) -> None:
    live.process.kill()
    gone(live.server)


def test_the_token_stands_in_no_file_and_no_argument(live: LiveRun, project: Path) -> None:
    token = urlsplit(live.address).path.strip("/")
    assert re.fullmatch(r"[\w-]{32}", token)
    assert token not in " ".join([*live.server.cmdline(), *live.server.environ().values()])
    (project / "bell").touch()
    live.ends()
    assert not [file for file in live.results.rglob("*") if file.is_file() and token.encode() in file.read_bytes()]


def test_events_and_the_live_page_go_together(project: Path, surroundings: dict[str, str], tmp_path: Path) -> None:
    (project / "bell").touch()
    (project / "key").touch()
    arguments = command("run", "--live", "--events", str(tmp_path / "events.jsonl"), "--results-folder", str(tmp_path / "out"))
    ended = subprocess.run(arguments, cwd=project, env=surroundings, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0, ended.stdout
    assert (tmp_path / "events.jsonl").read_text().count('"scenario_over"') == 3


def test_that_the_page_is_gone_changes_nothing_about_the_run(live: LiveRun, project: Path) -> None:
    live.server.kill()
    gone(live.server)
    (project / "bell").touch()
    code, said = live.ends()
    assert code == 1
    assert said.count("events can no longer be written") == 1
