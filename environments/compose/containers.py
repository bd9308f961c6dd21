"""The containers of a run: brought up by compose, watched and disturbed by Docker's API."""

import json
import os
import secrets
import socket
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from environments import texts
from environments.compose.docker_containers import PAUSED, DockerContainers, Seen, in_parallel
from environments.compose.rendering import GRACE_SECONDS, GROUP_LABEL, SERVICE_LABEL, STARTED_BY_LABEL, Container, compose_file, network_of
from environments.errors import ServiceDied, ServiceNotReady, SubstrateError, Unknown

BETWEEN_LOOKS_SECONDS = 0.05
BETWEEN_LOOKS_AT_DOCKER_SECONDS = 0.25
BETWEEN_LOOKS = threading.Event()
"""Never set: Docker has no event for what is waited for."""


@dataclass(frozen=True)
class Service:
    """One service as a container, and how it is known to be ready."""

    container: Container
    ready_file: Path | None
    """None, without a port, too: it is ready as soon as it runs."""
    ready_port: int | None = None
    ready_seconds: float = 30.0

    @property
    def name(self) -> str:
        """The name that scenarios know it by."""
        return self.container.name


@dataclass
class Containers:
    """The services of a run. One that ends without being told to counts as dead.

    Compose brings the platform up. What is added later is made by Docker's API: compose takes longer to start than the container.
    """

    docker: DockerContainers
    project: str
    folder: Path
    """Holds the compose file."""
    init: bool = True
    _services: dict[str, Service] = field(default_factory=dict)
    _told_to_end: set[str] = field(default_factory=set)

    @property
    def logs_folder(self) -> Path:
        """Where logs are kept of what is gone."""
        return self.docker.logs_folder

    def start(self, services: Sequence[Service], network: Mapping[str, object] | None = None) -> None:
        """Bring services up; returns before they are ready. Raises SubstrateError.

        Args:
            services: what to start.
            network: theirs, as a compose file has it, if it is to be made; None: that of the run.
        """
        for service in services:
            self._services[service.name] = service
            self._told_to_end.discard(service.name)
            _forget_ready(service)
        if network is None:
            in_parallel(self._create, services)
            return
        path = self.folder / "platform.json"
        rendered = compose_file(self.project, [service.container for service in services], network, init=self.init)
        path.write_text(json.dumps(rendered, indent=2))
        up = ("up", "--detach", "--no-build", "--quiet-pull", "--no-recreate")
        self.docker.engine.run("compose", "--project-name", self.project, "--file", str(path), *up)

    def wait_until_ready(self, services: Sequence[Service]) -> None:
        """Return when all are ready; raises ServiceDied as soon as one of them died, ServiceNotReady when the time is over."""
        seconds = max((service.ready_seconds for service in services), default=0.0)
        deadline = time.monotonic() + seconds
        waiting = list(services)
        names = {service.name for service in services}
        look = time.monotonic() + BETWEEN_LOOKS_AT_DOCKER_SECONDS
        while waiting := [service for service in waiting if not _is_ready(service)]:
            if time.monotonic() >= look:
                for death in self._dead(names):
                    raise death
                look = time.monotonic() + BETWEEN_LOOKS_AT_DOCKER_SECONDS
            if time.monotonic() > deadline:
                raise ServiceNotReady(waiting[0].name, seconds, self.last_lines(waiting[0].name))
            BETWEEN_LOOKS.wait(BETWEEN_LOOKS_SECONDS)

    def services(self) -> list[str]:
        """The names of the services in the order they were started."""
        return list(self._services)

    def service(self, name: str) -> Service:
        """The service of that name; raises SubstrateError."""
        if name not in self._services:
            raise Unknown("service", name, self._services)
        return self._services[name]

    def seen(self, **labels: str) -> list[Seen]:
        """The run's containers that carry these labels, ended ones included."""
        return self.docker.seen(**labels)

    def deaths(self) -> list[ServiceDied]:
        """The services that ended without being told to."""
        return self._dead(self._services.keys() - self._told_to_end)

    def end(self, name: str, grace_seconds: int) -> None:
        """End a service as a fault; its death is no news then."""
        self._told_to_end.add(self.service(name).name)
        identity = self._identity(name)
        if grace_seconds:
            # without grace it must not run on for a moment: Docker wakes it when the signal is there already
            self.resume(name)
        self.docker.end(identity, grace_seconds)

    def start_again(self, name: str) -> None:
        """Start an ended service as it was and wait until it is ready; a running one is left alone."""
        service = self.service(name)
        (found,) = self.seen(service=name)
        if not found.ended:
            return
        _forget_ready(service)
        self.docker.start(found.identity)
        self._told_to_end.discard(name)
        self.wait_until_ready([service])

    def pause(self, name: str) -> None:
        """Freeze a service."""
        self.docker.pause(self._identity(name))

    def resume(self, name: str) -> None:
        """Let a frozen service run on; nothing happens to one that is not."""
        (found,) = self.seen(service=self.service(name).name)
        if found.state == PAUSED:
            self.docker.resume(found.identity)

    def stop(self, services: Sequence[Service], grace_seconds: float = GRACE_SECONDS) -> None:
        """End services and remove their containers, after that long (0: at once); their logs are kept. Idempotent."""
        names = {service.name for service in services}
        self._told_to_end |= names
        found = [seen for seen in self.seen() if seen.service in names]
        in_parallel(self.docker.stop if grace_seconds else self.docker.kill, found)
        # nobody has to wait for what is dead; what is left when this process ends is removed with the run
        for seen in found:
            threading.Thread(target=self.docker.remove, args=(seen,), name=f"removing {seen.service}").start()
        for name in names:
            self._services.pop(name, None)

    def stop_all(self) -> None:
        """End all services in order, and keep their logs."""
        self._told_to_end.update(self._services)
        in_parallel(self.docker.stop, self.seen())

    def kill_groups_of(self, process: int) -> set[str]:
        """Kill the services of all groups that another process of this run had added; returns the groups' names."""
        left = self.seen(started_by=str(process))
        in_parallel(self.docker.kill, left)
        in_parallel(self.docker.remove, left)
        return {seen.group for seen in left if seen.group}

    def execute(self, name: str, command: Sequence[str]) -> str:
        """What a command prints in a service's container; raises SubstrateError when it fails."""
        return self.docker.engine.run("exec", self._identity(name), *command)

    def log(self, name: str, since: float | None = None) -> str | None:
        """What a service wrote, since a unix time if one is given; None when there is no container of it any more."""
        found = next((seen for seen in self.seen(service=name)), None)
        return None if found is None else self.docker.log(found.identity, since)

    def last_lines(self, name: str) -> list[str]:
        """The last lines of a service's log."""
        return texts.last_lines(self.log(name) or "")

    def _create(self, service: Service) -> None:
        name = f"{self.project}-{service.name}-{secrets.token_hex(4)}"
        self.docker.create(service.container, name, network_of(self.project), init=self.init)

    def _identity(self, name: str) -> str:
        found = self.seen(service=self.service(name).name)
        if not found:
            raise SubstrateError(f"the container of {name} is gone")
        return found[0].identity

    def _dead(self, names: Iterable[str]) -> list[ServiceDied]:
        wanted = set(names)
        ended = [seen for seen in self.seen() if seen.service in wanted and seen.ended]
        return [ServiceDied(seen.service, seen.exit_code, self.last_lines(seen.service), self.docker.why_ended(seen)) for seen in ended]


def labels_of(marks: Mapping[str, str], service: str, group: str | None) -> dict[str, str]:
    """What tells a container of ours from any other, and whose it is."""
    own = {**marks, SERVICE_LABEL: service}
    return own | ({GROUP_LABEL: group, STARTED_BY_LABEL: str(os.getpid())} if group else {})


def _forget_ready(service: Service) -> None:
    if service.ready_file is not None:
        service.ready_file.unlink(missing_ok=True)


def _is_ready(service: Service) -> bool:
    if service.ready_port is not None:
        return _accepts(service.container.address or "", service.ready_port)
    return service.ready_file is None or service.ready_file.exists()


def _accepts(host: str, port: int) -> bool:
    # in the container: on loopback Docker's own proxy takes every connection
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0
