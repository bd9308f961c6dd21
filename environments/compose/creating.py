"""A container as Docker's API makes it: the same one that compose makes of it, without a program that has to start for it first.

Source: Docker Engine API 1.44 (ContainerCreate).
"""

from collections.abc import Mapping
from typing import Any

from environments.compose.rendering import (
    CAPABILITIES,
    GRACE_SECONDS,
    LOG,
    PROCESSES,
    SCRATCH,
    SECURITY,
    VARIABLES_IN_CONTAINER,
    Container,
    command_of,
)
from environments.embedded.ports import LOOPBACK

NANO = 1_000_000_000


def configuration(container: Container, network: str, *, init: bool) -> dict[str, Any]:
    """What Docker's API is asked for.

    Args:
        container: what is to run.
        network: the name of the network that it is on.
        init: whether its first process reaps.
    """
    address = {"IPAMConfig": {"IPv4Address": container.address}} if container.address else {}
    return {
        "Image": container.image,
        **_program(container),
        "User": container.user,
        "Labels": dict(container.labels),
        "StopTimeout": GRACE_SECONDS,
        "ExposedPorts": {f"{port}/tcp": {} for port in container.ports},
        "HostConfig": {**_restricted(container, init=init), "NetworkMode": network, **_reached(container)},
        "NetworkingConfig": {"EndpointsConfig": {network: {**address, "Aliases": [container.name]}}},
    }


def _program(container: Container) -> dict[str, Any]:
    if container.runs is None:
        return {"Env": _variables(container.variables_file.read_text(encoding="utf-8"))}
    return {"Cmd": command_of(container)}


def _variables(text: str) -> list[str]:
    """What stands in a file for an image, as compose reads it."""
    pairs = (line.split("=", 1) for line in text.splitlines())
    return [f"{name}={value[1:-1]}" for name, value in pairs]


def _restricted(container: Container, *, init: bool) -> dict[str, Any]:
    scratch, options = SCRATCH.split(":")
    return {
        "Init": init,
        "ReadonlyRootfs": True,
        "CapDrop": CAPABILITIES,
        "SecurityOpt": SECURITY,
        "Tmpfs": {scratch: options},
        "Memory": container.resources.memory_mebibytes << 20,
        "NanoCpus": round(container.resources.cpu * NANO),
        "PidsLimit": PROCESSES,
        "LogConfig": {"Type": LOG["driver"], "Config": LOG["options"]},
    }


def _reached(container: Container) -> Mapping[str, Any]:
    """What it shares with this machine: ports of loopback, and folders."""
    mounts = [_mount(str(path), str(path), False) for path in sorted(container.mounts)]
    mounts += [_mount(str(path), str(path), True) for path in sorted(container.read_only_mounts)]
    if container.runs is not None:
        mounts.append(_mount(str(container.variables_file), VARIABLES_IN_CONTAINER, True))
    published = {f"{port}/tcp": [{"HostIp": LOOPBACK, "HostPort": str(port)}] for port in container.ports}
    return {"Mounts": mounts, "PortBindings": published}


def _mount(source: str, target: str, read_only: bool) -> dict[str, Any]:
    return {"Type": "bind", "Source": source, "Target": target, "ReadOnly": read_only}
