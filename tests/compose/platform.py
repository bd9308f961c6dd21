"""A platform of two services: the Service Bus, and a program of the base image. It needs no Python package."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from environments.platform import Platform
from environments.services import Group, Program, PythonModule, Resources, ServiceSpec, Site, Volume
from environments.substrate import Substrate

KEEPS = 'echo "$SECRET" >"$FOLDER/kept"; touch "$READY_FILE"; exec sleep 600'
DIES = "echo the last words >&2; exit 7"
NOTES = Volume("notes")


def _bus(site: Site) -> Mapping[str, str]:
    ports = {"SERVICE_BUS_PORT": str(site.port("amqp")), "SERVICE_BUS_CONTROL_PORT": str(site.port("control"))}
    return {"SERVICE_BUS_KEY": site.secret("key"), "HTTP_HOST": site.host(), "SERVICE_BUS_CONTROL_HOST": site.host(), **ports}


def _keeper(site: Site) -> Mapping[str, str]:
    return {"SECRET": site.secret("key"), "FOLDER": str(site.volume("notes"))}


BUS = ServiceSpec("bus", PythonModule("environments.service_bus"), _bus, ports=("amqp", "control"), secrets=("key",))
KEEPER = ServiceSpec("keeper", Program(("sh", "-c", KEEPS)), _keeper, ports=(), volumes=(NOTES,), secrets=("key",))
COUNTS = 'touch "$READY_FILE"; while true; do echo x >>"$FOLDER/count"; sleep 0.01; done'
COUNTING = ServiceSpec("counting", Program(("sh", "-c", COUNTS)), lambda site: {"FOLDER": str(site.volume("notes"))}, ports=())
GREEDY = ServiceSpec(
    "greedy",
    Program(("python3", "-c", "import os, pathlib; pathlib.Path(os.environ['READY_FILE']).touch(); bytearray(1 << 30)")),
    lambda _site: {},
    ports=(),
    resources=Resources(memory_mebibytes=64),
)
DYING = ServiceSpec("dying", Program(("sh", "-c", DIES)), lambda _site: {}, ports=())


class Small(Platform):
    """See `environments.platform.Platform`."""

    name = "small"
    listed: Sequence[ServiceSpec] = (BUS, KEEPER)

    def services(self) -> Sequence[ServiceSpec]:
        """Its services."""
        return self.listed

    def new_scene(self, substrate: Substrate, folder: Path) -> NoReturn:
        """Nobody plays on it."""
        raise NotImplementedError


class Broken(Small):
    """One of its services dies at once."""

    listed = (BUS, DYING)


def group(name: str) -> Group:
    """A group of one service."""
    return Group(name, (ServiceSpec("keeper", KEEPER.runs, _keeper, ports=()),), volumes=(NOTES,))
