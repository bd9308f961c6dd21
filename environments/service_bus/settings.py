"""The settings of the bus, all from environment variables.

A plain dataclass: pydantic-settings alone takes longer to import than the whole bus takes to start.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from .entities.limits import LONGEST_LOCK, SHORTEST_IDLE


class InvalidSettings(Exception):
    """The environment does not fit; the text names the variables and never their values."""


def _text(value: str) -> str:
    if not value.strip():
        raise ValueError("it is empty")
    return value


def _names(value: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in value.split(",") if name.strip())


def _port(value: str) -> int:
    if not value.isdecimal() or int(value) > 65535:
        raise ValueError("it is not a port")
    return int(value)


def _count(value: str) -> int:
    if not value.isdecimal() or int(value) < 1:
        raise ValueError("it is not a positive whole number")
    return int(value)


def _seconds(value: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise ValueError("it is not a positive number of seconds")
    return seconds


def _lock_seconds(value: str) -> float:
    seconds = _seconds(value)
    if seconds > LONGEST_LOCK:
        raise ValueError(f"it is more than {LONGEST_LOCK:g} seconds")
    return seconds


def _read_by(reader: Callable[[str], Any]) -> dict[str, Callable[[str], Any]]:
    return {"reader": reader}


@dataclass(frozen=True)
class Settings:
    """Where to listen (port 0 takes any free port), which key opens the bus, how queues behave; fields are named like their variables."""

    service_bus_key: str = field(repr=False, metadata=_read_by(_text))
    service_bus_key_name: str = field(default="RootManageSharedAccessKey", metadata=_read_by(_text))
    http_host: str = field(default="127.0.0.1", metadata=_read_by(_text))
    service_bus_port: int = field(default=0, metadata=_read_by(_port))
    service_bus_queues: tuple[str, ...] = field(default=("results", "flops", "averaging"), metadata=_read_by(_names))
    service_bus_queues_on_demand: tuple[str, ...] = field(default=("experiments-*",), metadata=_read_by(_names))
    lock_seconds: float = field(default=30.0, metadata=_read_by(_lock_seconds))
    max_delivery_count: int = field(default=10, metadata=_read_by(_count))
    # less than Azure allows, for who does not want to wait for it
    service_bus_shortest_idle_seconds: float = field(default=SHORTEST_IDLE, metadata=_read_by(_seconds))
    ready_file: str | None = field(default=None, metadata=_read_by(_text))
    # entities in the shape of the emulator's configuration
    service_bus_config: str | None = field(default=None, metadata=_read_by(_text))
    # for AMQP, WebSocket and the administration client over TLS; the authority is made at start
    service_bus_tls_port: int | None = field(default=None, metadata=_read_by(_port))
    service_bus_tls_names: tuple[str, ...] = field(default=("localhost", "127.0.0.1", "::1"), metadata=_read_by(_names))
    service_bus_ca_file: str | None = field(default=None, metadata=_read_by(_text))
    # messages survive the process in this file
    service_bus_journal: str | None = field(default=None, metadata=_read_by(_text))
    # faults and a look inside
    service_bus_control_port: int | None = field(default=None, metadata=_read_by(_port))
    service_bus_control_host: str = field(default="127.0.0.1", metadata=_read_by(_text))
    service_bus_memory_mib: int = field(default=1024, metadata=_read_by(_count))
    service_bus_most_connections: int = field(default=1000, metadata=_read_by(_count))
    # seconds
    service_bus_handshake_seconds: float = field(default=10.0, metadata=_read_by(_seconds))
    service_bus_stall_seconds: float = field(default=60.0, metadata=_read_by(_seconds))

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Read the variables; raises InvalidSettings naming every one that is missing or wrong."""
        values: dict[str, Any] = {}
        problems = []
        for setting in fields(cls):
            variable = setting.name.upper()
            try:
                if variable in environment:
                    values[setting.name] = setting.metadata["reader"](environment[variable])
            except ValueError as error:
                problems.append(f"{variable}: {error}")
        if "SERVICE_BUS_KEY" not in environment:
            problems.append("SERVICE_BUS_KEY: it is required")
        if problems:
            raise InvalidSettings("; ".join(problems))
        return cls(**values)
