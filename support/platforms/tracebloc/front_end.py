"""The front end's own Cypress specs, run from a checkout of it against the platform.

Source: Cypress (its command line, and the JUnit files of mocha).
"""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

PACKAGE = "package.json"
CYPRESS = Path("node_modules/.bin/cypress")
LONGEST_RUN_SECONDS = 1800.0


class NoFrontEndCheckout(ValueError):
    """The folder is no checkout of a front end that Cypress tests; the text says what is missing."""


class CypressFailed(Exception):
    """Cypress did not run the specs; the text ends with what it printed."""


@dataclass(frozen=True)
class Test:
    """One test of a spec: what it is called, its seconds, and why it failed; skipped ones say so."""

    name: str
    seconds: float
    failure: str | None
    skipped: bool = False


@dataclass(frozen=True)
class Spec:
    """One spec file with its tests."""

    file: str
    tests: list[Test]

    @property
    def failures(self) -> list[Test]:
        """The tests that failed."""
        return [test for test in self.tests if test.failure is not None]


def front_end_checkout(folder: Path) -> Path:
    """The folder, made absolute, when its package.json asks for Cypress; raises NoFrontEndCheckout."""
    package = folder / PACKAGE
    if not package.is_file():
        raise NoFrontEndCheckout(f"{folder} is no checkout of the front end: it has no {PACKAGE}")
    try:
        asked_for = json.loads(package.read_text(encoding="utf-8"))
    except ValueError as error:
        raise NoFrontEndCheckout(f"{package} is not JSON: {error}") from error
    if not any("cypress" in asked_for.get(kind, {}) for kind in ("devDependencies", "dependencies")):
        raise NoFrontEndCheckout(f"{package} does not ask for cypress: there are no specs of its own to run")
    return folder.resolve()


def why_not(checkout: Path) -> str | None:
    """Why the specs cannot be run from this checkout; None when they can."""
    return None if (checkout / CYPRESS).exists() else f"Cypress is not installed in {checkout}: run `npm ci` there"


def run_specs(checkout: Path, platform_url: str, folder: Path, patience: float = 1.0) -> list[Spec]:
    """Run all specs against the platform's address; results and Cypress's own words are left in `folder`.

    Raises:
        CypressFailed: it did not end within half an hour (stretched by `patience`), or left no results.
    """
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    for earlier in folder.glob("results-*.xml"):
        earlier.unlink()
    results = f"mochaFile={folder}/results-[hash].xml"
    command = [str(checkout / CYPRESS), "run", "--config", f"baseUrl={platform_url}", "--reporter", "junit", "--reporter-options", results]
    with (folder / "cypress.log").open("w+", encoding="utf-8") as log:
        process = subprocess.Popen(
            command, cwd=checkout, env=_environment(platform_url), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
        try:
            exit_code = process.wait(LONGEST_RUN_SECONDS * patience)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.wait()
            raise CypressFailed(f"Cypress did not end within {LONGEST_RUN_SECONDS * patience:.0f} s{_last_words(folder)}") from None
    specs = [_spec(file) for file in sorted(folder.glob("results-*.xml"))]
    if not specs:
        raise CypressFailed(f"Cypress left no results (exit code {exit_code}){_last_words(folder)}")
    # its exit code is the number of failed tests: more of them than results show means that a spec did not even start
    shown = sum(len(spec.failures) for spec in specs)
    if exit_code > shown:
        raise CypressFailed(f"Cypress counts {exit_code} failures, its results show {shown}{_last_words(folder)}")
    return specs


def _environment(platform_url: str) -> dict[str, str]:
    # CYPRESS_... become the specs' own variables; the front end calls the platform's address by either name
    # imported here: only runs with a checkout need it
    from environments.processes.variables import basic_environment

    return basic_environment() | {"CYPRESS_BASE_URL": platform_url, "CYPRESS_API_URL": platform_url, "CI": "1", "NO_COLOR": "1"}


def _spec(file: Path) -> Spec:
    from xml.etree import ElementTree

    root = ElementTree.parse(file).getroot()  # noqa: S314 - written by the program that was just run
    named = next((suite.get("file") for suite in root.iter("testsuite") if suite.get("file")), None)
    return Spec(named or file.name, [_test(case) for case in root.iter("testcase")])


def _test(case: "Element") -> Test:
    problem = case.find("failure") if case.find("failure") is not None else case.find("error")
    failure = None if problem is None else (problem.get("message") or problem.text or "failed").strip()
    return Test(case.get("name", ""), float(case.get("time") or 0), failure, case.find("skipped") is not None)


def _last_words(folder: Path) -> str:
    # imported here: only runs with a checkout need it
    from support.redaction import ending

    return f"; it printed last:\n{ending((folder / 'cypress.log').read_text(encoding='utf-8', errors='replace'), 1500)}"
