"""Chromium, and the reports that it opens."""

import importlib.util
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from reports.html.page import write_report
from support.results.run_record import RunRecord
from tests.reports.html.runs import decide, green_run, large_run, past_of, red_run, run_of_nothing, run_without_platform

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"))), None)
LOUD = ("error", "warning")
VIEWS = ("overview", "scenarios", "platform", "trends")
MISSING = "the scenario report is not looked at in a browser: apt-get install chromium && python -m pip install -e '.[browser]'"
RUNS: dict[str, Callable[[Path], RunRecord]] = {
    "green": green_run,
    "red": red_run,
    "not started": run_without_platform,
    "nothing": run_of_nothing,
    "large": large_run,
}


@pytest.fixture(scope="session")
def report_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The report of each of RUNS, by its name."""
    files = {}
    for name, make in RUNS.items():
        folder = tmp_path_factory.mktemp(name.replace(" ", "-"))
        record = make(folder)
        if name == "red":
            decide(folder / record.run)
        files[name] = write_report(record, folder / record.run, past_of(record)).file
    return files


# no longer: while it lives, its event loop runs in this thread, and asyncio.run is refused
@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    """Chromium; tests that want it are skipped where there is none."""
    if CHROMIUM is None or importlib.util.find_spec("playwright") is None:
        pytest.skip(MISSING)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # CI often runs as root in a container, where Chromium's own sandbox cannot be
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def opened(browser: "Browser", report_files: dict[str, Path]) -> Iterator[Callable[..., "Page"]]:
    """Opens the report of one of RUNS; whatever the browser complains about, and each request to a network, fails the test."""
    complaints: list[str] = []
    contexts: list[Any] = []

    def open_report(name: str, view: str = "overview", *, width: int = 1280, **settings: Any) -> "Page":
        contexts.append(browser.new_context(viewport={"width": width, "height": 900}, **settings))
        page: Page = contexts[-1].new_page()
        page.on("console", lambda said: complaints.append(f"{said.type}: {said.text}") if said.type in LOUD else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda asked: None if asked.url.startswith(("file:", "data:")) else complaints.append(f"asks for {asked.url}"))
        page.goto(f"{report_files[name].as_uri()}#{view}")
        page.locator("main > *").first.wait_for(state="attached")
        return page

    yield open_report
    for context in contexts:
        context.close()
    assert complaints == []


def accessibility_findings(page: "Page") -> list[str]:
    """What axe finds on a page, with all that is closed opened; skips the test where axe is missing."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="python -m pip install -e '.[browser]'").Axe()
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    found: dict[str, Any] = axe.run(page).response
    return [f"{one['id']}: {one['help']}: {one['nodes'][0]['html']}" for one in found["violations"]]
