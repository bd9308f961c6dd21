"""The runner's processes: each one ends with its parent, leads a process group of its own, and writes to a file in memory."""

import contextlib
import os
import random
import signal
import sys
import traceback
from collections.abc import Callable
from typing import Any

from environments.processes.kernel import be_told_of_parents_end, name_this_process
from support.runner.workers.stacks import own_frames

_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def fork(name: str, output: int | None, run: Callable[[], None]) -> int:
    """Run a function in a child process, and return the child's number; the child never returns from here.

    Args:
        name: shown by `ps`.
        output: what the child's stdout and stderr go to; None: where this process's go.
        run: what it does; an error is written to its stderr, and its exit code is 1 then.
    """
    parent = os.getpid()
    sys.stdout.flush()
    sys.stderr.flush()
    # no handler of this process may run in the child
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    try:
        pid = os.fork()
        if pid == 0:
            _be_a_child(name, output, run, parent)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return pid


def _be_a_child(name: str, output: int | None, run: Callable[[], None], parent: int) -> None:
    code = 1
    try:
        be_told_of_parents_end(signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
        os.setpgid(0, 0)
        name_this_process(name)
        _reset_signals()
        _reseed()
        if output is not None:
            write_output_to(output)
        run()
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        # nothing that was registered with the parent's interpreter may run here
        os._exit(code)


def _reset_signals() -> None:
    signal.set_wakeup_fd(-1)
    for number in _STOPPING:
        # whoever started the runner ends it, and the runner its children
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def _reseed() -> None:
    random.seed()
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()


def write_output_to(output: int) -> None:
    """Have this process write its stdout and stderr to an open file, and read nothing."""
    null = os.open(os.devnull, os.O_RDONLY)
    for target, source in ((0, null), (1, output), (2, output)):
        os.dup2(source, target)
    if null > 2:
        os.close(null)
    for number, name in ((1, "stdout"), (2, "stderr")):
        # a stream of its own: the parent's may be captured, or not be a file
        stream: Any = open(number, "w", buffering=1, encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115
        setattr(sys, name, stream)


class OutputFile:
    """A file in memory that a child writes to: nothing of it is left on disk, and it outlives the child."""

    def __init__(self, descriptor: int | None = None) -> None:
        self.descriptor = os.memfd_create("output") if descriptor is None else descriptor

    def take(self) -> str:
        """What was written since the last time."""
        size = os.fstat(self.descriptor).st_size
        if not size:
            return ""
        text = os.pread(self.descriptor, size, 0).decode(errors="replace")
        os.ftruncate(self.descriptor, 0)
        os.lseek(self.descriptor, 0, os.SEEK_SET)
        return own_frames(text)

    def close(self) -> None:
        """Let go of it."""
        os.close(self.descriptor)
