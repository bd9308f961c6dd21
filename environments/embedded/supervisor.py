"""Starts services on a fork server, notices at once when one dies, and ends them in reverse order."""

import contextlib
import os
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from environments.embedded import log_files
from environments.embedded.ports import accepts, is_held
from environments.embedded.repair import Repairable, ServiceState
from environments.errors import ServiceDied, ServiceNotReady, SubstrateError, Unknown
from environments.ledger import Ledger
from environments.processes.client import Changes, ForkServerGone, Process, Processes, ProcessesError
from environments.processes.process_table import row_of, seconds_waited
from environments.services import Program, PythonModule

GRACE_SECONDS = 3.0
STARTED_BY, GROUP = "started-by", "group"
"""Labels of a group's services: the process that added the group, and would remove it; and the group's name."""
BETWEEN_LOOKS_SECONDS = 0.01
MOST_WAITED = 3
"""So many times its own deadline a service may wait for a processor: else one that is busy with nothing would never be given up."""


@dataclass(frozen=True)
class Service:
    """One service as a process: ready once it touched its ready file or, if given, once it accepts on `ready_port` itself.

    Those of a higher layer stand on those of a lower one, and are ended before them.
    """

    name: str
    environment: Mapping[str, str] = field(repr=False)
    runs: PythonModule | Program
    layer: int = 0
    ready_port: int | None = None
    ready_seconds: float = 30.0
    group: str | None = None


class Supervisor:
    """The services of a run. One that ends without being told to counts as dead."""

    def __init__(self, processes: Processes, logs_folder: Path, run_folder: Path, ledger: Ledger) -> None:
        self.processes = processes
        self.logs_folder = logs_folder
        self._run_folder = run_folder
        self._ready = Readiness(processes, run_folder)
        self._ledger = ledger
        self._services: dict[str, Service] = {}
        self._told_to_end: set[str] = set()

    def start(self, services: Sequence[Service], *, at_once: bool = False) -> None:
        """Start services; returns before they are ready. Raises SubstrateError.

        Args:
            services: what to start.
            at_once: do not wait for what the fork server is preloading.
        """
        for service in services:
            self._services[service.name] = service
            self._launch(service, at_once=at_once)

    def wait_until_ready(self, services: Sequence[Service]) -> None:
        """Return when all are ready; raises ServiceDied as soon as one of them died, ServiceNotReady when the time is over.

        Time in which it waited for a processor does not count, up to three times the service's own: it says nothing of the service.
        """
        own = max((service.ready_seconds for service in services), default=0.0)
        began, waited = time.monotonic(), 0.0
        waiting = list(services)
        sequence = -1
        while waiting := [service for service in waiting if not self._ready.of(service)]:
            # blocks, unless a process of ours has changed
            changes = self._watch(sequence)
            sequence = changes.sequence
            for death in self._dead(services, changes.processes):
                raise death
            if (passed := time.monotonic() - began) <= own + waited:
                continue
            waited = min(self._ready.seconds_waited(waiting[0]), own * MOST_WAITED)
            if passed > own + waited:
                raise ServiceNotReady(waiting[0].name, passed, self._last_lines(waiting[0].name), waited)

    def stop(self, services: Sequence[Service], grace_seconds: float = GRACE_SECONDS) -> None:
        """End services, all together: SIGTERM, and SIGKILL after `grace_seconds` (0: at once); what is gone already is fine."""
        names = [service.name for service in services if service.name in self._services]
        self._told_to_end.update(names)
        if names:
            with ThreadPoolExecutor(len(names)) as threads:
                list(threads.map(lambda name: self._end_and_forget(name, grace_seconds), names))
        for name in names:
            del self._services[name]

    def stop_all(self) -> None:
        """End everything, the highest layer first."""
        for layer in sorted({service.layer for service in self._services.values()}, reverse=True):
            self.stop([service for service in self._services.values() if service.layer == layer])

    def kill_groups_of(self, process: int) -> set[str]:
        """Kill the services of all groups that another process of this run had added; returns the groups' names."""
        try:
            left = [found for found in self.processes.processes({STARTED_BY: str(process)}) if not found.ended]
            for found in left:
                self.processes.stop(found.name, grace_seconds=0)
        except ProcessesError:
            # the server is gone, and all it had started with it
            return set()
        return {found.labels[GROUP] for found in left}

    def services(self) -> list[str]:
        """The names of the services in the order they were started."""
        return list(self._services)

    def service(self, name: str) -> Service:
        """The service of that name; raises SubstrateError."""
        if name not in self._services:
            raise Unknown("service", name, self._services)
        return self._services[name]

    def deaths(self) -> list[ServiceDied]:
        """The services that ended without being told to."""
        unasked = [service for service in self._services.values() if service.name not in self._told_to_end]
        return self._dead(unasked, self._watch(-1).processes)

    def faults(self, name: str) -> "ServiceFaults":
        """What can be done to a service; raises SubstrateError."""
        return ServiceFaults(self, self.service(name))

    def end(self, service: Service, grace_seconds: float) -> None:
        """End one service as a fault; its death is no news then."""
        self._told_to_end.add(service.name)
        self._end(service.name, grace_seconds)

    def start_again(self, service: Service) -> None:
        """Start an ended service as it was and wait until it is ready; a running one is left alone."""
        process = self.processes.find(service.name)
        if process is not None and not process.ended:
            return
        if process is not None:
            self.processes.remove(service.name)
        self._launch(service, at_once=True)
        self._told_to_end.discard(service.name)
        self.wait_until_ready([service])

    def _launch(self, service: Service, *, at_once: bool) -> None:
        ready_file = self._ready.file(service)
        ready_file.unlink(missing_ok=True)
        runs = service.runs
        self._told_to_end.discard(service.name)
        try:
            process = self.processes.start(
                service.name,
                module=runs.name if isinstance(runs, PythonModule) else None,
                program=runs.command if isinstance(runs, Program) else (),
                environment={**service.environment, "READY_FILE": str(ready_file)},
                folder=self._run_folder,
                log=self._log(service.name),
                labels={STARTED_BY: str(os.getpid()), GROUP: service.group} if service.group else {},
                at_once=at_once,
            )
        except ProcessesError as error:
            raise SubstrateError(f"{service.name} cannot be started: {error}") from error
        self._ledger.record_process(service.name, process.pid)

    def _dead(self, services: Iterable[Service], processes: Iterable[Process]) -> list[ServiceDied]:
        names = {service.name for service in services}
        ended = [process for process in processes if process.name in names and process.ended]
        return [ServiceDied(process.name, process.exit_code or 0, self._last_lines(process.name)) for process in ended]

    def _watch(self, sequence: int, timeout: float = BETWEEN_LOOKS_SECONDS) -> Changes:
        try:
            return self.processes.watch(sequence, timeout=timeout)
        except ProcessesError as error:
            raise SubstrateError(f"the services cannot be watched any more: {error}") from error

    def _end(self, name: str, grace_seconds: float = GRACE_SECONDS) -> None:
        try:
            self.processes.stop(name, grace_seconds)
        except ForkServerGone:
            # it took all its processes with it
            return
        except ProcessesError:
            # it was never started
            return

    def _end_and_forget(self, name: str, grace_seconds: float) -> None:
        self._end(name, grace_seconds)
        # every look at the processes would report it again
        with contextlib.suppress(ProcessesError):
            self.processes.remove(name)

    def _last_lines(self, name: str) -> list[str]:
        return log_files.last_lines(self._log(name))

    def _log(self, name: str) -> Path:
        return self.logs_folder / f"{name}.log"


class Readiness:
    """How a service says that it is ready: by a file of its own, or by its port once it holds that itself."""

    def __init__(self, processes: Processes, folder: Path) -> None:
        """`folder` holds the files."""
        self._processes = processes
        self._folder = folder

    def file(self, service: Service) -> Path:
        """What a service touches that has no port to be known by."""
        return self._folder / f"{service.name}.ready"

    def of(self, service: Service) -> bool:
        """Whether it is ready now."""
        if service.ready_port is None:
            return self.file(service).exists()
        return accepts(service.ready_port) and self._holds(service.name, service.ready_port)

    def seconds_waited(self, service: Service) -> float:
        """How long it has wanted a processor and had none since it was started."""
        process = self._processes.find(service.name)
        return 0.0 if process is None else seconds_waited(process.pid)

    def _holds(self, name: str, port: int) -> bool:
        process = self._processes.find(name)
        return process is not None and is_held(port, process.pid)


class ServiceFaults:
    """What can be done to one service (see `environments.substrate.Faults`)."""

    def __init__(self, supervisor: Supervisor, service: Service) -> None:
        self._supervisor = supervisor
        self._service = service

    def stop(self) -> None:
        """End it in order (SIGTERM; SIGKILL after 3 s)."""
        self._supervisor.end(self._service, GRACE_SECONDS)

    def kill(self) -> None:
        """End it without warning (SIGKILL)."""
        self._supervisor.end(self._service, 0)

    def start(self) -> None:
        """Start it again, as it was, and wait until it is ready; nothing happens when it runs."""
        self._supervisor.start_again(self._service)

    def pause(self) -> None:
        """Freeze it: its port stays open and nothing answers."""
        self._supervisor.processes.pause(self._service.name)

    def resume(self) -> None:
        """Let it run on."""
        self._supervisor.processes.resume(self._service.name)


def repairable(supervisor: Supervisor) -> Repairable:
    """The services as repairs know them."""
    return Repairable(supervisor.services(), partial(_state_of, supervisor.processes), supervisor.faults)


def _state_of(processes: Processes, name: str) -> ServiceState:
    process = processes.find(name)
    if process is None:
        return ServiceState()
    row = row_of(process.pid)
    return ServiceState(row is not None and row.state == "T", process.exit_code if process.ended else None)
