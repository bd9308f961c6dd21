"""What keeps the compose substrate from starting: one sentence each, with the command that helps, and exit code 3."""

import os
import re
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from environments.compose.engine import Engine
from environments.compose.images import ImageBuilder
from environments.compose.settings import ComposeSettings
from environments.compose.substrate import ComposeSubstrate
from environments.errors import SubstrateError
from environments.services import PythonPackages
from tests.compose.conftest import new_run, of_run
from tests.compose.platform import Small

INFO = "echo '26.1.5 Debian GNU/Linux 12 (bookworm) [name=seccomp]'"
REFUSALS = {
    "the daemon is down": (
        "echo 'Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?' >&2; exit 1",
        "systemctl start",
    ),
    "no permission": ("echo 'permission denied while trying to connect to the docker API at unix:///x/docker.sock' >&2; exit 1", "usermod"),
    "it is Podman": (f'case "$1" in version) echo "Podman Engine,Conmon,Engine,";; *) {INFO};; esac', "this is Podman"),
    "it is rootless": ("echo '27.1.1 Ubuntu 24.04 LTS [name=seccomp name=rootless]'", "this Docker is a rootless one"),
    "Docker is too old": ("echo '20.10.24 Debian GNU/Linux 12 (bookworm) []'", "Docker 20.10.24 is too old"),
    "no compose": (f'[ "$1" != compose ] && {INFO} && exit 0; echo "unknown command: docker compose" >&2; exit 1', "docker-compose-plugin"),
    "compose is too old": (f'[ "$1" != compose ] && {INFO} && exit 0; echo 2.3.4', "docker compose 2.3.4 is too old"),
}


@pytest.fixture
def docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in for the program `docker`, to be written."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    program = tmp_path / "bin" / "docker"
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)
    return program


@pytest.mark.parametrize(("does", "said"), REFUSALS.values(), ids=list(REFUSALS))
def test_a_docker_that_cannot_be_used_is_refused_with_what_helps(docker: Path, does: str, said: str) -> None:
    docker.write_text(f"#!/bin/sh\n{does}\n")
    with pytest.raises(SubstrateError, match=said):
        Engine().check()


def test_a_missing_docker_is_refused_with_where_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SubstrateError, match="Docker is not installed"):
        Engine().check()


def _building(said: str) -> str:
    """A Docker that is as it should be, and cannot build."""
    return f'case "$1" in info) {INFO};; compose) echo 2.30.0;; version) echo 26.1.5;; *) echo "{said}" >&2; exit 1;; esac'


BY_A_RUN = {
    **REFUSALS,
    "the image is nowhere": (
        _building("python:3.11-slim: not found: failed to resolve source metadata"),
        "an image cannot be pulled: .*docker images",
    ),
    "the build fails": (
        _building("ERROR: no matching distribution for x"),
        "the image of the services cannot be built: .*no matching distribution",
    ),
    "the disk is full": (_building("failed to copy: no space left on device"), "the disk is full: .*docker builder prune"),
}


def test_a_docker_on_another_machine_is_refused(docker: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    docker.write_text(f"#!/bin/sh\n{INFO}\n")
    monkeypatch.setenv("DOCKER_HOST", "tcp://qa.example:2376")
    with pytest.raises(SubstrateError, match="this Docker is a remote one"):
        Engine().check()


@pytest.mark.parametrize(("does", "said"), BY_A_RUN.values(), ids=list(BY_A_RUN))
def test_a_run_that_cannot_have_docker_ends_with_exit_code_3_and_one_message(
    engine: Engine, docker: Path, tmp_path: Path, does: str, said: str
) -> None:
    docker.write_text(f"#!/bin/sh\n{does}\n")
    variables = {"RINGMASTER_RESULTS_FOLDER": str(tmp_path / "out"), "RINGMASTER_LEDGER_FOLDER": str(tmp_path / "ledger")}
    # images made from it are never there, so that something has to be built
    variables["RINGMASTER_COMPOSE_BASE_IMAGE"] = "e2e-test/no-base:none"
    ended = subprocess.run(
        [sys.executable, "-m", "support", "run", "--substrate", "compose", "features/tracebloc/ring2_services/01_cycle.feature"],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    told = ended.stdout + ended.stderr
    assert ended.returncode == 3, told
    assert len(re.findall(rf"could not be started: .*{said}", " ".join(told.split()))) == 1, told
    assert "Traceback" not in told


def test_a_port_that_somebody_else_took_is_told_with_who_listens(engine: Engine, own_ledger: Path, tmp_path: Path) -> None:
    run = new_run()
    substrate = ComposeSubstrate(Small({}), run_id=run, logs_folder=tmp_path)
    reserve = substrate._ports.reserve
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.MonkeyPatch.context() as patch:
        first = iter([taken.getsockname()[1]])
        patch.setattr(substrate._ports, "reserve", lambda: next(first, None) or reserve())
        with pytest.raises(SubstrateError, match=r"a port is taken: .*ss -ltnp"):
            substrate.start()
    assert of_run(engine, run) == []


def test_a_base_image_that_nobody_has_is_named_with_what_to_set(engine: Engine, tmp_path: Path) -> None:
    settings = ComposeSettings(base_image="localhost:1/nobody/has-this:ever")
    with pytest.raises(SubstrateError, match="RINGMASTER_COMPOSE_BASE_IMAGE"):
        ImageBuilder(engine, tmp_path, settings, lambda _said: None, 1000, 1000).build(PythonPackages(), (), with_pods=False)


def test_a_build_that_fails_is_told_with_its_last_lines(engine: Engine, tmp_path: Path) -> None:
    builder = ImageBuilder(engine, tmp_path, ComposeSettings.from_environment(), lambda _said: None, 1000, 1000)
    with pytest.raises(SubstrateError, match=r"the image of the packages cannot be built(.|\n)*no-such-package-of-debian"):
        builder.build(PythonPackages(), ("no-such-package-of-debian",), with_pods=False)


def test_a_builder_that_cannot_keep_layers_is_told_with_what_to_do(engine: Engine, tmp_path: Path) -> None:
    if "docker-container" in engine.run("buildx", "inspect"):
        pytest.skip("this builder can")
    settings = replace(ComposeSettings.from_environment(), layers=tmp_path / "layers")
    with pytest.raises(SubstrateError, match="docker buildx create --use"):
        ImageBuilder(engine, tmp_path, settings, lambda _said: None, 1000, 1001).build(PythonPackages(), (), with_pods=False)
