"""What a freshly forked process does before, and after, it runs what it was started for."""

import os
import random
import runpy
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from environments.processes import late_environment, mounts
from environments.processes.kernel import be_told_of_parents_end, name_this_process
from environments.processes.variables import RUN_VARIABLE

COMMAND_NOT_RUNNABLE = 127


@dataclass(frozen=True)
class Start:
    """What to run and in which environment; exactly one of `module` and `program` is set."""

    name: str
    folder: str
    log: str
    module: str | None = None
    program: Sequence[str] = ()
    arguments: Sequence[str] = ()
    labels: dict[str, str] = field(default_factory=dict)
    mounts: Sequence[dict[str, Any]] = ()
    late_environment: bool = False

    @classmethod
    def from_request(cls, request: dict[str, Any]) -> "Start":
        """Read a request of the control socket; raises ValueError with a text that names what is wrong and no value."""
        missing = [key for key in ("name", "folder", "log") if key not in request]
        if missing:
            raise ValueError(f"a start needs {', '.join(missing)}")
        if bool(request.get("module")) == bool(request.get("program")):
            raise ValueError(f"start {request['name']!r}: name either a module or a program")
        return cls(**{key: request[key] for key in cls.__dataclass_fields__ if request.get(key) is not None})


def run(start: Start, environment: int, forget_what_is_the_servers: Callable[[], None], server: int) -> NoReturn:
    """Run `start` in this freshly forked process and end it; all signals come in blocked.

    Args:
        start: what to run.
        environment: the descriptor where its environment waits.
        forget_what_is_the_servers: closes and clears what only the server may have.
        server: the server's process id.
    """
    exit_code = 1
    try:
        _settle(start, environment, forget_what_is_the_servers, server)
        if start.program:
            _execute(start)
        exit_code = _run_module(start)
    except BaseException:
        traceback.print_exc()
    finally:
        _flush()
        os._exit(exit_code)


def _settle(start: Start, environment: int, forget_what_is_the_servers: Callable[[], None], server: int) -> None:
    os.setsid()
    forget_what_is_the_servers()
    _redirect(start.log)
    if start.mounts:
        mounts.enter([mounts.Mount(**mount) for mount in start.mounts], Path(start.folder))
    name_this_process(start.name)
    be_told_of_parents_end(signal.SIGKILL)
    if os.getppid() != server:
        os._exit(1)
    _replace_environment(environment, late=start.late_environment)
    os.chdir(start.folder)
    _reset_signals()
    _reseed()


def _redirect(log: str) -> None:
    null = os.open(os.devnull, os.O_RDONLY)
    written = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for target, source in ((0, null), (1, written), (2, written)):
        os.dup2(source, target)
    os.close(null)
    os.close(written)
    # a killed process must not take its last lines with it
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]


def _replace_environment(environment: int, *, late: bool) -> None:
    mark = os.environ.get(RUN_VARIABLE)
    os.environ.clear()
    late_environment.hold(environment)
    if not late:
        late_environment.receive()
    if mark:
        os.environ.setdefault(RUN_VARIABLE, mark)


def _reset_signals() -> None:
    signal.set_wakeup_fd(-1)
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        if callable(signal.getsignal(number)):
            signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def _reseed() -> None:
    random.seed()
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()


def _execute(start: Start) -> NoReturn:
    # Python itself ignores these two, which a program would inherit
    for number in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)
    try:
        os.execvpe(start.program[0], [*start.program, *start.arguments], dict(os.environ))  # noqa: S606
    except OSError as error:
        sys.stderr.write(f"{start.program[0]} cannot be run: {error.strerror}\n")
        _flush()
        os._exit(COMMAND_NOT_RUNNABLE)


def _run_module(start: Start) -> int:
    sys.argv = [start.module or "", *start.arguments]
    exit_code = 0
    try:
        runpy.run_module(start.module or "", run_name="__main__", alter_sys=True)
    except SystemExit as end:
        exit_code = _exit_code(end)
    except BaseException:
        traceback.print_exc()
        exit_code = 1
    return exit_code


def _exit_code(end: SystemExit) -> int:
    if end.code is None or isinstance(end.code, int):
        return (end.code or 0) & 0xFF
    sys.stderr.write(f"{end.code}\n")
    return 1


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            # nobody can be told: the log itself is what failed
            continue
