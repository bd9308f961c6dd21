"""Docker: its programs for what is built and brought up, its API for all else; every failure in one sentence with what helps."""

import os
import re
import shutil
from functools import partial
from typing import TYPE_CHECKING

from environments.compose.explanations import NO_COMPOSE, NOT_INSTALLED, explain
from environments.errors import SubstrateError
from environments.processes.programs import output_of

if TYPE_CHECKING:
    from docker import APIClient

OLDEST_DOCKER = 25
OLDEST_COMPOSE = (2, 20)
API_SECONDS = 120
LONGEST_COMMAND_SECONDS = 1800.0


class Engine:
    """The Docker that this process's environment names. A fork of this process may use it, too."""

    def __init__(self, run_id: str = "") -> None:
        """`run_id` marks the programs that are started, so that none of them outlives the run."""
        self._run_id = run_id
        self._clients: dict[int, APIClient] = {}

    @property
    def api(self) -> "APIClient":
        """A client of this process's own: connections do not survive a fork."""
        if os.getpid() not in self._clients:
            self._clients.clear()
            self._clients[os.getpid()] = _connect()
        return self._clients[os.getpid()]

    def check(self) -> None:
        """Return if Docker and compose can be used; raises SubstrateError with one sentence."""
        if shutil.which("docker") is None:
            raise SubstrateError(NOT_INSTALLED)
        said = self.run("info", "--format", "{{.ServerVersion}} {{.OperatingSystem}} {{.SecurityOptions}}")
        made_of = self.run("version", "--format", "{{range .Server.Components}}{{.Name}},{{end}}")
        refuse_elsewhere(said, os.environ.get("DOCKER_HOST", ""), made_of)
        try:
            said = self.run("compose", "version", "--short")
        except SubstrateError:
            raise SubstrateError(NO_COMPOSE) from None
        version = tuple(int(number) for number in re.findall(r"\d+", said)[:2])
        if version < OLDEST_COMPOSE:
            wanted = ".".join(map(str, OLDEST_COMPOSE))
            raise SubstrateError(f"docker compose {said.strip()} is too old: {wanted} or newer is needed (update docker-compose-plugin)")

    def run(self, *arguments: str) -> str:
        """Run `docker` with these arguments, which hold no secret; what it printed. Raises SubstrateError."""
        return output_of(
            ("docker", *arguments),
            run_id=self._run_id,
            seconds=LONGEST_COMMAND_SECONDS,
            missing=NOT_INSTALLED,
            too_slow=f"`docker {arguments[0]}` did not end within {LONGEST_COMMAND_SECONDS:.0f} s",
            explain=partial(explain, arguments),
        )


def refuse_elsewhere(information: str, host: str, made_of: str = "Engine") -> None:
    """Raise SubstrateError where scenarios could not reach the containers' network, or Docker is too old, or another program.

    Args:
        information: the server's version, its operating system and its security options.
        host: where Docker is, as DOCKER_HOST has it; empty: here.
        made_of: the names of the server's parts. Source: Docker Engine 26, Podman 4.3.
    """
    if "podman" in made_of.lower():
        raise SubstrateError(
            "this is Podman, which answers in Docker's place and has other networks and limits: unset DOCKER_HOST to use Docker itself, "
            "or use --substrate embedded"
        )
    version = information.split(" ")[0]
    if int(version.split(".")[0] or 0) < OLDEST_DOCKER:
        raise SubstrateError(f"Docker {version} is too old: {OLDEST_DOCKER} or newer is needed (https://docs.docker.com/engine/install)")
    elsewhere = "a remote one (DOCKER_HOST)" if host and not host.startswith("unix://") else ""
    elsewhere = "a rootless one" if "rootless" in information else elsewhere
    elsewhere = "Docker Desktop" if "Docker Desktop" in information else elsewhere
    if elsewhere:
        raise SubstrateError(
            f"this Docker is {elsewhere}, whose network scenarios cannot reach: use one that runs as root on this Linux machine, "
            "or --substrate embedded"
        )


def _connect() -> "APIClient":
    try:
        import docker
        from docker.errors import DockerException
    except ImportError:
        raise SubstrateError("the compose substrate needs the package docker: pip install -c constraints.txt 'docker>=7.1,<8'") from None
    try:
        client: APIClient = docker.from_env(timeout=API_SECONDS).api
    except DockerException as error:
        raise SubstrateError(explain(("version",), str(error))) from None
    return client
