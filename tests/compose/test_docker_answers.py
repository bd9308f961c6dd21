"""What Docker answers at bad moments: to a container that cannot be frozen yet, and to one that somebody else removes."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn, cast

import pytest
from docker.errors import APIError
from requests import Response

from environments.compose import docker_containers
from environments.compose.docker_containers import DockerContainers
from environments.compose.engine import Engine
from environments.errors import SubstrateError
from environments.left_overs.containers import DockerGone, remove_containers

DOCKER = """#!/bin/sh
echo "$@" >>{folder}/asked
case "$1 $2" in
  "ps --all") [ $(grep -c ^rm {folder}/asked) -lt {times} ] && echo 0123456789abcdef ;;
  "rm --force") [ $(grep -c ^rm {folder}/asked) -lt {times} ] && {{ echo "{says}" >&2; exit 1; }} ;;
esac
exit 0
"""
IN_PROGRESS = "Error response from daemon: removal of container 0123456789abcdef is already in progress"


def _containers(pause: Any) -> DockerContainers:  # noqa: ANN401 - what Docker does
    engine = SimpleNamespace(api=SimpleNamespace(pause=pause))
    return DockerContainers(cast(Engine, engine), "e2e-test-run", Path())


def _refusing(said: str) -> APIError:
    return APIError(said, response=Response())


def test_a_container_that_had_no_processor_is_frozen_as_soon_as_it_can_be() -> None:
    answers = [_refusing("OCI runtime pause failed: unable to freeze: unknown")] * 3
    asked: list[str] = []

    def pause(identity: str) -> None:
        asked.append(identity)
        if answers:
            raise answers.pop()

    _containers(pause).pause("0123")
    assert asked == ["0123"] * 4


@pytest.mark.parametrize(("said", "seconds"), [("No such container: 0123", 20.0), ("unable to freeze", -1.0)])
def test_what_can_never_be_frozen_is_told(monkeypatch: pytest.MonkeyPatch, said: str, seconds: float) -> None:
    monkeypatch.setattr(docker_containers, "FREEZE_SECONDS", seconds)

    def pause(_identity: str) -> NoReturn:
        raise _refusing(said)

    with pytest.raises(SubstrateError, match=said):
        _containers(pause).pause("0123")


def test_left_overs_that_somebody_else_removes_are_waited_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _fake_docker(monkeypatch, tmp_path, IN_PROGRESS)
    assert remove_containers("e2e-test-run") == ["container 0123456789ab"]
    kinds = [line.split()[0] for line in (tmp_path / "asked").read_text().splitlines()]
    # networks cannot be removed before the containers are gone
    assert kinds == ["ps", "rm"] * 3 + ["network", "volume"] + ["ps", "network", "volume"]


def test_left_overs_that_docker_will_not_remove_are_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _fake_docker(monkeypatch, tmp_path, "Error response from daemon: permission denied")
    with pytest.raises(DockerGone, match="permission denied"):
        remove_containers("e2e-test-run")


def _fake_docker(monkeypatch: pytest.MonkeyPatch, folder: Path, says: str) -> None:
    program = folder / "docker"
    program.write_text(DOCKER.format(folder=folder, times=3, says=says))
    program.chmod(0o755)
    (folder / "asked").touch()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
