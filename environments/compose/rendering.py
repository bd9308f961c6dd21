"""A service as a compose file has it: as little power as it can do with, and nothing secret. Source: the Compose Specification."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from environments.compose.entry import MODULE, PROGRAM
from environments.embedded.ports import LOOPBACK
from environments.services import Program, PythonModule, Resources

SERVICE_LABEL, GROUP_LABEL, STARTED_BY_LABEL = (f"ringmaster.{name}" for name in ("service", "group", "started-by"))
NETWORK = "platform"
PROCESSES = 512
CAPABILITIES, SECURITY = ["ALL"], ["no-new-privileges:true"]
"""None is kept, and none is to be had."""
VARIABLES_IN_CONTAINER = "/run/secrets/variables"
SCRATCH = "/tmp:mode=1777,size=256m"  # noqa: S108 - the container's own
LOG: dict[str, Any] = {"driver": "json-file", "options": {"max-size": "10m", "max-file": "2"}}
GRACE_SECONDS = 3


@dataclass(frozen=True)
class Container:
    """What is to be rendered."""

    name: str
    image: str
    runs: PythonModule | Program | None
    """None: the image's own program."""
    user: str
    variables_file: Path
    """Holds its environment, which only its owner can read: JSON for what runs of ours, else as compose reads it."""
    labels: Mapping[str, str]
    resources: Resources = field(default_factory=Resources)
    address: str | None = None
    ports: tuple[int, ...] = ()
    """Reached from this machine, by loopback alone, under the same numbers."""
    mounts: frozenset[Path] = frozenset()
    read_only_mounts: frozenset[Path] = frozenset()
    arguments: tuple[str, ...] = ()
    ready_command: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)


def project_of(run_id: str) -> str:
    """The name of a run's compose project, of the letters that one may have."""
    allowed = "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in run_id.lower())
    return f"e2e-test-{allowed}"


def network_of(project: str) -> str:
    """What Docker calls the network of a compose project."""
    return f"{project}_{NETWORK}"


def command_of(container: Container) -> list[str]:
    """What one of our images runs in it; not for an image with a program of its own."""
    runs = container.runs
    what = (MODULE, runs.name) if isinstance(runs, PythonModule) else (PROGRAM, *(runs.command if runs else ()))
    return ["python3", "-m", "environments.compose.entry", *what, *container.arguments]


def compose_file(project: str, containers: Iterable[Container], network: Mapping[str, object], *, init: bool) -> dict[str, Any]:
    """A whole compose file, to be written as JSON or YAML."""
    listed = list(containers)
    return {
        "name": project,
        "services": {container.name: _service(container, init) for container in listed},
        "networks": {NETWORK: dict(network)},
        "secrets": {_secret(container): {"file": str(container.variables_file)} for container in listed if container.runs is not None},
    }


def restricted(resources: Resources, *, init: bool) -> dict[str, Any]:
    """What every container of ours has to do without."""
    return {
        "init": init,
        "read_only": True,
        "cap_drop": CAPABILITIES,
        "security_opt": SECURITY,
        "tmpfs": [SCRATCH],
        "mem_limit": f"{resources.memory_mebibytes}m",
        "cpus": resources.cpu,
        "pids_limit": PROCESSES,
        "logging": LOG,
        "stop_grace_period": f"{GRACE_SECONDS}s",
    }


def _service(container: Container, init: bool) -> dict[str, Any]:
    networks = {"ipv4_address": container.address} if container.address else {}
    return {
        "image": container.image,
        **_program(container),
        "user": container.user,
        **restricted(container.resources, init=init),
        "labels": dict(container.labels),
        "networks": {NETWORK: networks},
        "ports": [f"{LOOPBACK}:{port}:{port}" for port in container.ports],
        "volumes": [_mount(path, False) for path in sorted(container.mounts)]
        + [_mount(path, True) for path in sorted(container.read_only_mounts)],
        **_healthcheck(container),
        **container.extra,
    }


def _program(container: Container) -> dict[str, Any]:
    """What runs in it, and how it gets its environment: an image of somebody else knows no file of ours."""
    if container.runs is None:
        return {"pull_policy": "missing", "env_file": [str(container.variables_file)]}
    # compose would take what a dollar begins for a variable of its own
    command = [word.replace("$", "$$") for word in command_of(container)]
    return {"pull_policy": "never", "command": command, "secrets": [{"source": _secret(container), "target": "variables"}]}


def _healthcheck(container: Container) -> dict[str, Any]:
    if not container.ready_command:
        return {}
    test = ["CMD", *container.ready_command]
    # seldom, since each look is a process in the container; whoever starts it looks for the same thing from outside
    return {"healthcheck": {"test": test, "interval": "60s", "timeout": "5s", "start_period": "60s", "start_interval": "5s"}}


def _mount(path: Path, read_only: bool) -> dict[str, Any]:
    return {"type": "bind", "source": str(path), "target": str(path), "read_only": read_only}


def _secret(container: Container) -> str:
    return f"{container.name}-variables"
