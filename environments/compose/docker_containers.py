"""The containers of a run as Docker shows them: found by the run's label, read, ended and removed by Docker's API."""

import contextlib
import re
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from environments.compose.creating import configuration
from environments.compose.engine import Engine
from environments.compose.explanations import explain
from environments.compose.rendering import GRACE_SECONDS, GROUP_LABEL, SERVICE_LABEL, STARTED_BY_LABEL, Container
from environments.errors import SubstrateError
from environments.left_overs.containers import RUN_LABEL

FREEZE_SECONDS = 20.0
NOT_FROZEN = "unable to freeze"
"""Docker waits for a few milliseconds only. Source: runc 1.1, cgroup v1."""
EXITED = re.compile(r"Exited \((\d+)\)")
PAUSED, ENDED = "paused", ("exited", "dead")
Item = TypeVar("Item")
EVENTS = ("start", "die", "oom", "kill", "pause", "unpause", "health_status", "destroy")


@dataclass(frozen=True)
class Seen:
    """A container as Docker shows it."""

    identity: str
    service: str
    state: str
    exit_code: int
    group: str
    started_by: str

    @property
    def ended(self) -> bool:
        """Whether it does not run any more."""
        return self.state in ENDED


@dataclass(frozen=True)
class DockerContainers:
    """Knows nothing of what they were started for."""

    engine: Engine
    run_id: str
    logs_folder: Path

    def seen(self, **labels: str) -> list[Seen]:
        """The run's containers that carry these labels, ended ones included."""
        wanted = [f"{RUN_LABEL}={self.run_id}", *(f"ringmaster.{name.replace('_', '-')}={value}" for name, value in labels.items())]
        with refusals():
            found = self.engine.api.containers(all=True, filters={"label": wanted})
        return [_seen(entry) for entry in found]

    def create(self, container: Container, name: str, network: str, *, init: bool) -> None:
        """Make and start one; its image is pulled when it is not there. Raises SubstrateError."""
        if container.runs is None and not self.engine.api.images(name=container.image, quiet=True):
            self.engine.run("pull", "--quiet", container.image)
        with refusals():
            made = self.engine.api.create_container_from_config(configuration(container, network, init=init), name)
            self.engine.api.start(made["Id"])

    def start(self, identity: str) -> None:
        """Start one that has ended."""
        with refusals():
            self.engine.api.start(identity)

    def end(self, identity: str, grace_seconds: int) -> None:
        """End one, in order or (0) without warning; returns when it has ended."""
        if grace_seconds:
            with refusals():
                self.engine.api.stop(identity, timeout=grace_seconds)
            return
        self._kill(identity)
        with refusals():
            # one that was paused ends only after Docker has answered
            self.engine.api.wait(identity, timeout=GRACE_SECONDS * 10)

    def pause(self, identity: str) -> None:
        """Freeze one, as soon as its processes had the processor for a moment, which they need for it."""
        deadline = time.monotonic() + FREEZE_SECONDS
        while True:
            try:
                with refusals():
                    self.engine.api.pause(identity)
                return
            except SubstrateError as error:
                if NOT_FROZEN not in str(error) or time.monotonic() > deadline:
                    raise

    def resume(self, identity: str) -> None:
        """Let a frozen one run on."""
        with refusals():
            self.engine.api.unpause(identity)

    def log(self, identity: str, since: float | None = None) -> str:
        """What one wrote, since a unix time if one is given."""
        with refusals():
            text = self.engine.api.logs(identity, **({} if since is None else {"since": float(since)}))
        return bytes(text).decode(errors="replace")

    def why_ended(self, seen: Seen) -> str:
        """What Docker knows of an end besides its exit code; empty when that is nothing."""
        with contextlib.suppress(SubstrateError), refusals():
            found = self.engine.api.inspect_container(seen.identity)
            if found["State"]["OOMKilled"]:
                return f"out of memory: it may use {found['HostConfig']['Memory'] >> 20} MiB"
        return ""

    def events(self, since: float) -> list[str]:
        """What happened to the run's containers since a unix time, a line each. Source: Docker Engine API, events."""
        wanted = {"type": "container", "label": f"{RUN_LABEL}={self.run_id}", "event": list(EVENTS)}
        with refusals():
            return [_line(event) for event in self.engine.api.events(since=since, until=time.time(), filters=wanted, decode=True)]

    def kill(self, seen: Seen) -> None:
        """Kill one; its log is kept."""
        self._kill(seen.identity)
        self._keep_log(seen)

    def remove(self, seen: Seen) -> None:
        """Remove one that was killed; one that is gone, or that somebody else removes, is fine."""
        with contextlib.suppress(SubstrateError), refusals():
            self.engine.api.remove_container(seen.identity, v=True, force=True)

    def stop(self, seen: Seen) -> None:
        """End one in order; its log is kept."""
        with contextlib.suppress(_api_error()):
            self.engine.api.stop(seen.identity, timeout=GRACE_SECONDS)
        self._keep_log(seen)

    def _kill(self, identity: str) -> None:
        with contextlib.suppress(_api_error()):
            # one that does not run cannot be killed
            self.engine.api.kill(identity)

    def _keep_log(self, seen: Seen) -> None:
        with contextlib.suppress(SubstrateError):
            (self.logs_folder / f"{seen.service}.log").write_text(self.log(seen.identity), encoding="utf-8")


def in_parallel(act: Callable[[Item], None], found: Sequence[Item]) -> None:
    """Do something with each of some containers, all at once; raises what the first of them raised."""
    if found:
        with ThreadPoolExecutor(min(len(found), 8)) as threads:
            list(threads.map(act, found))


@contextlib.contextmanager
def refusals() -> Any:  # noqa: ANN401 - a context manager
    """Turn what Docker's API refuses into SubstrateError."""
    import requests

    try:
        yield
    except _api_error() as error:
        raise SubstrateError(explain(("api",), str(error))) from None
    except requests.RequestException as error:
        raise SubstrateError(explain(("api",), str(error))) from None


def _api_error() -> type[Exception]:
    from docker.errors import APIError

    refused: type[Exception] = APIError
    return refused


def _seen(entry: Mapping[str, Any]) -> Seen:
    labels = entry["Labels"]
    exited = EXITED.match(entry["Status"])
    code = int(exited[1]) if exited else 0
    return Seen(
        identity=entry["Id"],
        service=labels.get(SERVICE_LABEL, ""),
        state=entry["State"],
        # as a process tells it, so that a signal is said to be one
        exit_code=128 - code if code > 128 else code,
        group=labels.get(GROUP_LABEL, ""),
        started_by=labels.get(STARTED_BY_LABEL, ""),
    )


def _line(event: Mapping[str, Any]) -> str:
    attributes = event["Actor"]["Attributes"]
    at = datetime.fromtimestamp(event["timeNano"] / 1e9, UTC).isoformat(timespec="milliseconds")
    details = "".join(f" {name}={attributes[name]}" for name in ("exitCode", "signal") if attributes.get(name))
    return f"{at} {attributes.get(SERVICE_LABEL, 'a helper')}: {event['Action']}{details}"
