"""Starts services on a fork server, notices at once when one dies, and ends them in reverse order."""

import contextlib
import os
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from environments.embedded import log_files
from environments.embedded.ports import accepts
from environments.ledger import Ledger
from environments.platforms.tracebloc.services import Service
from environments.processes.client import Changes, ForkServerGone, Process, Processes, ProcessesError
from environments.substrate import ServiceDied, ServiceNotReady, SubstrateError

GRACE_SECONDS = 3.0
BASE, CENTRAL, EDGE = range(3)
STARTED_BY = "started-by"
"""Label of an edge's services: the process that installed the client, and would stop it."""
BETWEEN_LOOKS_SECONDS = 0.01


class Supervisor:
    """The services of a run. One that ends without being told to counts as dead."""

    def __init__(self, processes: Processes, logs_folder: Path, run_folder: Path, ledger: Ledger) -> None:
        self.processes = processes
        self.logs_folder = logs_folder
        self._run_folder = run_folder
        self._ledger = ledger
        self._layers: dict[str, int] = {}
        self._services: dict[str, Service] = {}
        self._told_to_end: set[str] = set()

    def start(self, services: Sequence[Service], layer: int, *, at_once: bool = False) -> None:
        """Start services; returns before they are ready. Raises SubstrateError.

        Args:
            services: what to start.
            layer: those of a higher layer stand on those of a lower one, and are ended before them.
            at_once: do not wait for what the fork server is preloading.
        """
        for service in services:
            self._layers[service.name] = layer
            self._services[service.name] = service
            self._launch(service, at_once=at_once)

    def wait_until_ready(self, services: Sequence[Service], deadline_seconds: float) -> None:
        """Return when all are ready; raises ServiceDied as soon as one of them died, ServiceNotReady when the time is over."""
        deadline = time.monotonic() + deadline_seconds
        waiting = list(services)
        sequence = -1
        while waiting := [service for service in waiting if not self._is_ready(service)]:
            # blocks, unless a process of ours has changed
            changes = self._watch(sequence)
            sequence = changes.sequence
            for death in self._dead(services, changes.processes):
                raise death
            if time.monotonic() > deadline:
                raise ServiceNotReady(waiting[0].name, deadline_seconds, self._last_lines(waiting[0].name))

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
        for layer in sorted(set(self._layers.values()), reverse=True):
            self.stop([service for service in self._services.values() if self._layers[service.name] == layer])

    def kill_those_of(self, process: int) -> list[str]:
        """Kill the edges' services that another process of this run had started; tells their names."""
        try:
            left = [found.name for found in self.processes.processes({STARTED_BY: str(process)}) if not found.ended]
            for name in left:
                self.processes.stop(name, grace_seconds=0)
        except ProcessesError:
            # the server is gone, and all it had started with it
            return []
        return left

    def services(self) -> list[str]:
        """The names of the services in the order they were started."""
        return list(self._services)

    def service(self, name: str) -> Service:
        """The service of that name; raises SubstrateError."""
        if name not in self._services:
            raise SubstrateError(f"there is no service '{name}'; there are: {', '.join(self._services) or 'none'}")
        return self._services[name]

    def deaths(self) -> list[ServiceDied]:
        """The services that ended without being told to."""
        unasked = [service for service in self._services.values() if service.name not in self._told_to_end]
        return self._dead(unasked, self._watch(-1).processes)

    def faults(self, name: str, deadline_seconds: float) -> "ServiceFaults":
        """What can be done to a service; raises SubstrateError."""
        return ServiceFaults(self, self.service(name), deadline_seconds)

    def end(self, service: Service, grace_seconds: float) -> None:
        """End one service as a fault; its death is no news then."""
        self._told_to_end.add(service.name)
        self._end(service.name, grace_seconds)

    def start_again(self, service: Service, deadline_seconds: float) -> None:
        """Start an ended service as it was and wait until it is ready; a running one is left alone."""
        process = self.processes.find(service.name)
        if process is not None and not process.ended:
            return
        if process is not None:
            self.processes.remove(service.name)
        self._launch(service, at_once=True)
        self._told_to_end.discard(service.name)
        self.wait_until_ready([service], deadline_seconds)

    def _launch(self, service: Service, *, at_once: bool) -> None:
        ready_file = self._ready_file(service)
        ready_file.unlink(missing_ok=True)
        self._told_to_end.discard(service.name)
        try:
            process = self.processes.start(
                service.name,
                module=service.module,
                program=service.program,
                environment={**service.environment, "READY_FILE": str(ready_file)},
                folder=self._run_folder,
                log=self._log(service.name),
                labels={STARTED_BY: str(os.getpid())} if self._layers[service.name] == EDGE else {},
                at_once=at_once,
            )
        except ProcessesError as error:
            raise SubstrateError(f"{service.name} cannot be started: {error}") from error
        self._ledger.record_process(service.name, process.pid)

    def _is_ready(self, service: Service) -> bool:
        return self._ready_file(service).exists() if service.ready_port is None else accepts(service.ready_port)

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
        # every look at the processes would tell of it again
        with contextlib.suppress(ProcessesError):
            self.processes.remove(name)

    def _last_lines(self, name: str) -> list[str]:
        return log_files.last_lines(self._log(name))

    def _log(self, name: str) -> Path:
        return self.logs_folder / f"{name}.log"

    def _ready_file(self, service: Service) -> Path:
        return self._run_folder / f"{service.name}.ready"


class ServiceFaults:
    """What can be done to one service (see `environments.substrate.Faults`)."""

    def __init__(self, supervisor: Supervisor, service: Service, deadline_seconds: float) -> None:
        self._supervisor = supervisor
        self._service = service
        self._deadline_seconds = deadline_seconds

    def stop(self) -> None:
        """End it in order (SIGTERM; SIGKILL after 3 s)."""
        self._supervisor.end(self._service, GRACE_SECONDS)

    def kill(self) -> None:
        """End it without warning (SIGKILL)."""
        self._supervisor.end(self._service, 0)

    def start(self) -> None:
        """Start it again, as it was, and wait until it is ready; nothing happens when it runs."""
        self._supervisor.start_again(self._service, self._deadline_seconds)

    def pause(self) -> None:
        """Freeze it: its port stays open and nothing answers."""
        self._supervisor.processes.pause(self._service.name)

    def resume(self) -> None:
        """Let it run on."""
        self._supervisor.processes.resume(self._service.name)
