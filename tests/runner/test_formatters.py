"""Plain behave can use our reports, several at once, and says the same as a run of our own."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.runner.conftest import Run

HOOKS = """
from support.results.notes import notes
from support.story import Part

def before_scenario(context, scenario):
    if scenario.name == "is skipped by a hook": scenario.skip("not here")
def before_step(context, step): notes.parts = [Part("a part of it", seconds=0.5)]
"""
FORMATTERS = ("AllureFormatter", "allure"), ("ConsoleFormatter", "console.txt")


def test_two_formatters_at_once_say_what_a_run_says(project: Callable[..., Path], run: Run, surroundings: dict[str, str]) -> None:
    folder = project()
    (folder / "environment.py").write_text(HOOKS)
    options = [option for name, place in FORMATTERS for option in ("-f", f"support.commands.behave_formatters:{name}", "-o", place)]
    plain = subprocess.run(
        [sys.executable, "-m", "behave", "--no-capture-hooks", "--no-summary", *options, "features"],
        cwd=folder,
        env=surroundings,
        capture_output=True,
        text=True,
    )
    assert plain.returncode == 1, plain.stderr
    assert "Traceback" not in plain.stderr
    ours = run(folder, "--workers", "2", "--verbose")
    written = [json.loads(file.read_text()) for file in (folder / "allure").glob("*-result.json")]
    assert {result["historyId"]: result["status"] for result in written} == {
        result["historyId"]: result["status"] for result in ours.allure
    }
    console = (folder / "console.txt").read_text()
    assert console.count("· a part of it") == ours.output.count("· a part of it") > 0
    assert all(part["name"] == "a part of it" for result in written for step in result["steps"] for part in step["steps"])
