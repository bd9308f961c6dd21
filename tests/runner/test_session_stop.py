"""A session stops its platforms whatever happens to what it notes of them before."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from support.results.run_folder import RunFolder
from support.runner.session import Deployment, RunSession


class Substrate:
    """One that cannot describe what it runs."""

    name = "embedded"
    stopped = 0

    def described(self) -> Mapping[str, Mapping[str, str]]:
        raise ValueError("a defect of the runner's own")

    def stop(self) -> None:
        self.stopped += 1


class Platform:
    """A platform that observes nothing."""

    name = "shop"

    def running(self, substrate: Substrate) -> "Running":
        return Running(substrate)


class Running:
    """It as it runs."""

    def __init__(self, substrate: Substrate) -> None:
        self.substrate = substrate

    def observed(self) -> Mapping[str, Mapping[str, str]]:
        return {}


def test_platforms_are_stopped_when_what_they_run_as_cannot_be_noted(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    folder.create()
    session = RunSession(settings=Any, folder=folder)  # type: ignore[arg-type]
    substrate: Any = Substrate()
    platform: Any = Platform()
    session.deployments["shop"] = Deployment(substrate, platform)
    session.started = True
    with pytest.raises(ValueError, match="a defect of the runner's own"):
        session.stop()
    assert substrate.stopped == 1
    assert not session.started
