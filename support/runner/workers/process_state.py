"""What a process has only one of, and scenarios that run one after the other in it must not hand on to each other.

A step may enter a folder, set a variable, take a signal or set a timer. The next scenario, whichever it is on this worker, finds all as the
first one did, so that each passes alone and in any order.
"""

import os
import signal
import sys

# without the enum that `signal.getsignal` makes of each answer: of eleven signals, a fiftieth of what a short scenario takes
from _signal import getsignal  # type: ignore[import-not-found]

from support.runner.workers.forking import write_output_to

HANDLED = (
    *(signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGPIPE, signal.SIGCHLD),
    *(signal.SIGALRM, signal.SIGVTALRM, signal.SIGPROF, signal.SIGUSR1, signal.SIGUSR2),
)
TIMERS = (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF)


class ProcessState:
    """As it was when this was made."""

    def __init__(self, output: int) -> None:
        """`output` is the file that the process writes to."""
        self._output, self._output_file = output, _file_of(output)
        self._folder = os.open(".", os.O_RDONLY | os.O_DIRECTORY)
        self._variables = _variables()
        self._import_path = list(sys.path)
        self._umask = _umask()
        self._handlers = {number: getsignal(number) for number in HANDLED}
        self._blocked = signal.pthread_sigmask(signal.SIG_BLOCK, ())
        self._streams = sys.stdout, sys.stderr

    def restore(self) -> None:
        """Undo what was changed since."""
        self._restore_signals()
        self._restore_output()
        os.fchdir(self._folder)
        if _variables() != self._variables:
            os.environb.clear()
            os.environb.update(self._variables)
        if sys.path != self._import_path:
            sys.path[:] = self._import_path
        if _umask() != self._umask:
            os.umask(self._umask)

    def _restore_signals(self) -> None:
        for timer in TIMERS:
            signal.setitimer(timer, 0)
        signal.set_wakeup_fd(-1)
        for number, handler in self._handlers.items():
            if getsignal(number) is not handler:
                signal.signal(number, handler)
        if signal.pthread_sigmask(signal.SIG_BLOCK, ()) != self._blocked:
            signal.pthread_sigmask(signal.SIG_SETMASK, self._blocked)

    def _restore_output(self) -> None:
        whole = (sys.stdout, sys.stderr) == self._streams and not any(stream.closed for stream in self._streams)
        if not whole or not (_file_of(1) == _file_of(2) == self._output_file):
            write_output_to(self._output)
            self._streams = sys.stdout, sys.stderr


def _variables() -> dict[bytes, bytes]:
    # all of them by the public way takes a twentieth of a short scenario
    found: dict[bytes, bytes] = os.environb._data.copy()  # type: ignore[attr-defined]
    return found


def _umask() -> int:
    # it can only be read by setting it
    umask = os.umask(0o077)
    os.umask(umask)
    return umask


def _file_of(descriptor: int) -> tuple[int, int] | None:
    """Which file it leads to; None when it is closed."""
    try:
        found = os.fstat(descriptor)
    except OSError:
        return None
    return found.st_dev, found.st_ino
