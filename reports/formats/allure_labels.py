"""What Allure sorts and finds results by: labels, and links to the scenario and to the command that runs it again.

Source: Allure 2's labels (allure-python-commons 2.16.2, `types.LabelType`), which Allure 3 reads too.
"""

import os
import platform
import re
from functools import cache
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from support.results.scenario_result import ScenarioResult

Json = dict[str, Any]

# p0 blocks a release, p1 warns, p2 informs
SEVERITIES = {"p0": "blocker", "p1": "normal", "p2": "minor"}
TAG = re.compile(r"allure\.(?P<kind>label|link|issue|tms|[a-zA-Z]+)(?:\.(?P<name>[^:=]+))?[:=](?P<value>.+)")
LINKS = ("link", "issue", "tms")
OWNER = re.compile(r"owner\.(.+)")
LANGUAGE = f"{platform.python_implementation().lower()}{platform.python_version_tuple()[0]}"


def labels_and_links(result: ScenarioResult) -> tuple[list[Json], list[Json]]:
    """Both, from where the scenario stands and from its tags; a tag such as `@allure.label.epic:shop` wins."""
    given, links = _given(result)
    told = [vars(label) for label in result.told_allure.labels]
    if severities := [label for label in told if label["name"] == "severity"]:
        # what a step said last is what counts
        given = [label for label in given if label["name"] != "severity"]
        told = [label for label in told if label["name"] != "severity"] + severities[-1:]
    given, links = [*given, *told], [*links, *(vars(link) for link in result.told_allure.links)]
    named = {label["name"] for label in given}
    own = [{"name": name, "value": value} for name, value in _own(result).items() if value and name not in named]
    return [*given, *own], [*links, *_places(result)]


def _given(result: ScenarioResult) -> tuple[list[Json], list[Json]]:
    """What its tags say."""
    labels: list[Json] = []
    links: list[Json] = []
    for tag in result.tags:
        found = TAG.fullmatch(tag)
        if found is None:
            labels.append({"name": "tag", "value": tag})
        elif found["kind"] in LINKS:
            links.append({"type": found["kind"], "name": found["name"] or found["value"], "url": found["value"]})
        else:
            name = found["name"] if found["kind"] == "label" else found["kind"]
            labels.append({"name": "AS_ID" if name == "id" else name, "value": found["value"]})
    return labels, links


def _own(result: ScenarioResult) -> dict[str, str]:
    platform_name = _platform_of(result.identity.file)
    rule = result.identity.rule
    return {
        "severity": next((SEVERITIES[tag] for tag in result.tags if tag in SEVERITIES), "normal"),
        "epic": platform_name,
        "feature": result.feature,
        "story": rule or result.identity.name,
        "parentSuite": platform_name,
        "suite": result.feature,
        "subSuite": rule,
        "owner": next((found[1] for tag in result.tags if (found := OWNER.fullmatch(tag))), ""),
        "layer": next((tag for tag in result.tags if re.fullmatch(r"ring\d", tag)), ""),
        "framework": "behave",
        "language": LANGUAGE,
    }


@cache
def _platform_of(file: str) -> str:
    """The folder below `features/`, which is named after the platform."""
    parts = PurePosixPath(file).parts
    return parts[1] if len(parts) > 2 and parts[0] == "features" else ""


def _places(result: ScenarioResult) -> list[Json]:
    """Where it is written down, and how it is run again; as a link to the commit where CI says what that is."""
    if result.around:
        return []
    address = _address(result.location)
    return [
        {"type": "link", "name": result.location, "url": address},
        {"type": "link", "name": f"again: {result.again}", "url": address},
    ]


def _address(location: str) -> str:
    """Source: GitHub's and GitLab's predefined variables."""
    file, _, line = location.rpartition(":")
    variables = os.environ
    if "GITHUB_REPOSITORY" in variables and "GITHUB_SHA" in variables:
        server = variables.get("GITHUB_SERVER_URL", "https://github.com")
        return f"{server}/{variables['GITHUB_REPOSITORY']}/blob/{variables['GITHUB_SHA']}/{_quoted(file)}#L{line}"
    if "CI_PROJECT_URL" in variables and "CI_COMMIT_SHA" in variables:
        return f"{variables['CI_PROJECT_URL']}/-/blob/{variables['CI_COMMIT_SHA']}/{_quoted(file)}#L{line}"
    return _quoted(file) + f"#L{line}"


@cache
def _quoted(file: str) -> str:
    return quote(file)
