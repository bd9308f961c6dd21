"""What made the gate decide, where CI says so. Source: the predefined variables of GitHub Actions and GitLab CI."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Trigger:
    """Why a decision was made; all of it is empty outside CI."""

    event: str = ""
    """In the words of the CI, such as `pull_request` or `schedule`."""
    ref: str = ""
    """The branch or tag."""
    address: str = ""
    """Of the CI's own run."""


def trigger_of(variables: Mapping[str, str]) -> Trigger:
    """What the variables of a process say."""
    if "GITHUB_EVENT_NAME" in variables:
        place = [variables.get(name, "") for name in ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")]
        address = "{}/{}/actions/runs/{}".format(*place) if all(place) else ""
        return Trigger(variables["GITHUB_EVENT_NAME"], variables.get("GITHUB_REF", ""), address)
    if "CI_PIPELINE_SOURCE" in variables:
        return Trigger(variables["CI_PIPELINE_SOURCE"], variables.get("CI_COMMIT_REF_NAME", ""), variables.get("CI_PIPELINE_URL", ""))
    return Trigger()
