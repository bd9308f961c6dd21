"""Starts a platform in a process of its own, which keeps it for people and other tools until it is told to end.

Source: our choice.
"""

import contextlib
import json
import logging
import os
import secrets
import select
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn

from environments.deployments.production import production_word
from environments.errors import DeploymentRefused, SubstrateError
from environments.ledger import FOLDER_VARIABLE, clean_up_left_overs
from environments.platform import Platform
from environments.processes.of_run import seconds_from_boot_to_start
from environments.processes.variables import RUN_VARIABLE
from environments.remote.deployments import ExistingDeployment, Keeper, deployments_folder, file_of, read_deployment
from environments.substrate import Substrate

STOP_SECONDS = 60.0
STOPPING_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def new_run_id(name: str) -> str:
    """What the ledger knows a kept platform by; no other one's, since it marks the processes that are ended with it."""
    return f"up-{name}-{secrets.token_hex(3)}"


def logs_of(name: str) -> Path:
    """The folder with the logs of a kept platform's services, and of its keeper."""
    return deployments_folder() / f"{name}-logs"


def refuse_name(name: str) -> None:
    """Return if a platform can be kept by that name; what a keeper left that is gone is removed. Raises DeploymentRefused."""
    if (word := production_word(name)) is not None:
        raise DeploymentRefused(f"'{name}' looks like production ('{word}'), where no scenario ever runs: choose another --name")
    if not file_of(name).exists():
        return
    found = read_deployment(name)
    if found.kept_by is None:
        raise DeploymentRefused(f"'{name}' is taken by {file_of(name)}, which no `ringmaster up` wrote: choose another --name")
    if found.kept_by.alive:
        raise DeploymentRefused(f"'{name}' is up already: `ringmaster down {name}` ends it, --name starts another one beside it")
    clean_up_left_overs()
    file_of(name).unlink(missing_ok=True)


def begin_logs(name: str) -> None:
    """Make the folder for a platform's logs, without those of an earlier one of that name. Raises SubstrateError."""
    try:
        logs_of(name).mkdir(mode=0o700, parents=True, exist_ok=True)
        for earlier in logs_of(name).glob("*.log"):
            earlier.unlink()
    except OSError as error:
        raise SubstrateError(f"the folder for its logs {logs_of(name)} cannot be used ({error.strerror}): set {FOLDER_VARIABLE}") from error


def keep_in_background(
    name: str, run_id: str, platform: Platform, substrate: Substrate, say: Callable[[str], None] = lambda what: None
) -> Mapping[str, str]:
    """Start the platform in a process that keeps it; how people reach it. Raises SubstrateError when it could not be started.

    Args:
        say: is told of what takes long meanwhile, such as an image that is built.
    """
    begin_logs(name)
    readable, writable = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid == 0:
        os.close(readable)
        _keep(name, run_id, platform, substrate, writable)
    os.close(writable)
    try:
        with os.fdopen(readable) as answers:
            answered = _last_answer(answers, say)
    except KeyboardInterrupt:
        os.kill(pid, signal.SIGTERM)
        os.waitpid(pid, 0)
        raise
    if answered is None:
        os.waitpid(pid, 0)
        raise SubstrateError(f"the process that keeps '{name}' died; what it wrote is in {logs_of(name) / 'keeper.log'}")
    if "problem" in answered:
        os.waitpid(pid, 0)
        raise SubstrateError(answered["problem"])
    addresses: Mapping[str, str] = answered["addresses"]
    return addresses


def _last_answer(answers: Iterable[str], say: Callable[[str], None]) -> dict[str, Any] | None:
    """What the keeper says in the end; None: nothing."""
    for line in answers:
        answered: dict[str, Any] = json.loads(line)
        if "progress" not in answered:
            return answered
        say(answered["progress"])
    return None


def end(name: str, *, within_seconds: float = STOP_SECONDS) -> str:
    """End a kept platform and wait until nothing of it is left; says what was done. Raises DeploymentRefused and SubstrateError."""
    found = read_deployment(name)
    if found.kept_by is None:
        raise DeploymentRefused(f"no `ringmaster up` started '{name}', so it is not ours to end; {file_of(name)} can be deleted by hand")
    if not found.kept_by.alive:
        removed = clean_up_left_overs()
        file_of(name).unlink(missing_ok=True)
        return f"{name} was down already: the process that kept it had died; {len(removed)} left-overs removed"
    with contextlib.suppress(ProcessLookupError):
        ended = os.pidfd_open(found.kept_by.pid)
        try:
            os.kill(found.kept_by.pid, signal.SIGTERM)
            if not select.select([ended], [], [], within_seconds)[0]:
                raise SubstrateError(f"'{name}' did not end within {within_seconds:.0f} s: see {logs_of(name) / 'keeper.log'}")
        finally:
            os.close(ended)
    return f"{name} is down"


def _keep(name: str, run_id: str, platform: Platform, substrate: Substrate, answer: int) -> NoReturn:
    """In the keeper: start, say so, wait for a signal, stop."""
    code = 1
    try:
        told = _detach(name, run_id)
        try:
            with _progress_said(answer):
                substrate.open_to_all = True
                substrate.start()
                deployment = described(name, platform, substrate)
                deployment.write()
        except (SubstrateError, OSError) as error:
            _say(answer, {"problem": str(error)})
        else:
            _say(answer, {"addresses": dict(platform.running(substrate).addresses())})
            os.read(told, 1)
            code = 0
        finally:
            substrate.stop()
            file_of(name).unlink(missing_ok=True)
    except BaseException as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        sys.stderr.flush()
    finally:
        os._exit(code)


def _detach(name: str, run_id: str) -> int:
    """Leave the terminal; what is returned can be read from once a signal to stop has arrived."""
    os.setsid()
    os.environ[RUN_VARIABLE] = run_id
    nothing = os.open(os.devnull, os.O_RDONLY)
    log = os.open(logs_of(name) / "keeper.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    for target, source in ((0, nothing), (1, log), (2, log)):
        os.dup2(source, target)
    readable, writable = os.pipe()
    for number in STOPPING_SIGNALS:
        signal.signal(number, lambda *_: os.write(writable, b"x"))
    return readable


def _say(answer: int, what: Mapping[str, object]) -> None:
    """The last word to who started it."""
    os.write(answer, json.dumps(what).encode() + b"\n")
    os.close(answer)


@contextlib.contextmanager
def _progress_said(answer: int) -> Iterator[None]:
    """What the substrate warns of meanwhile is said to who waits for it."""
    handler, log = _ProgressHandler(answer), logging.getLogger("environments")
    log.addHandler(handler)
    try:
        yield
    finally:
        log.removeHandler(handler)


class _ProgressHandler(logging.Handler):
    def __init__(self, answer: int) -> None:
        super().__init__(logging.WARNING)
        self._answer = answer

    def emit(self, record: logging.LogRecord) -> None:
        # who waited may be gone
        with contextlib.suppress(OSError):
            os.write(self._answer, json.dumps({"progress": record.getMessage()}).encode() + b"\n")


def described(name: str, platform: Platform, substrate: Substrate) -> ExistingDeployment:
    """All that a run needs to know of it."""
    specs = substrate.specs
    for spec in specs:
        if not spec.awaited:
            substrate.wait_until_ready(spec.name)
    ports = [(spec.name, port) for spec in specs for port in spec.ports]
    volumes = {volume.name for spec in specs for volume in spec.volumes} | {volume.name for volume in platform.volumes()}
    secrets = {secret for spec in specs for secret in spec.secrets} | set(platform.secrets())
    started = seconds_from_boot_to_start(os.getpid())
    return ExistingDeployment(
        name=name,
        platform=platform.name,
        addresses={place: substrate.address(*place) for place in ports},
        volumes={volume: substrate.volume(volume) for volume in sorted(volumes)},
        secrets={secret: substrate.secret(secret) for secret in sorted(secrets)},
        logs=logs_of(name) if substrate.own_pods.cluster_access() is None else None,
        cluster=substrate.own_pods.cluster_access(),
        substrate=substrate.name,
        kept_by=Keeper(os.getpid(), started) if started is not None else None,
    )
