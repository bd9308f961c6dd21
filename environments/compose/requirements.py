"""What the compose substrate needs of this machine: Docker, and what all substrates do that run here."""

from environments.compose.engine import Engine
from environments.embedded.requirements import requirements as of_this_machine
from environments.errors import SubstrateError
from environments.requirements import PLATFORM, Requirement, package

INSTALL = "install Docker 25 or newer with compose (https://docs.docker.com/engine/install)"


def requirements() -> list[Requirement]:
    """Everything that the compose substrate looks for."""
    return [
        *of_this_machine(),
        package("docker", "'docker>=7.1,<8'"),
        Requirement("Docker", "machine", PLATFORM, INSTALL, _docker),
    ]


def _docker() -> str | None:
    engine = Engine()
    try:
        engine.check()
        return engine.run("version", "--format", "{{.Server.Version}}").strip()
    except SubstrateError:
        return None
