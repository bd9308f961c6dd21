"""The four things asked of the Linux kernel that Python has no call for."""

import ctypes
import signal

PR_SET_PDEATHSIG = 1
PR_SET_NAME = 15
PR_SET_CHILD_SUBREAPER = 36

_library = ctypes.CDLL(None, use_errno=True)


def name_this_process(name: str) -> None:
    """Show `name` (its first 15 bytes) as this process's name in `ps` and `top`."""
    _library.prctl(PR_SET_NAME, ctypes.c_char_p(name.encode()[:15]), 0, 0, 0)


def be_told_of_parents_end(by: signal.Signals) -> None:
    """Receive the signal `by` when the thread that made this process ends (the process may still live: check)."""
    _library.prctl(PR_SET_PDEATHSIG, int(by), 0, 0, 0)


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent ends, so that each one is reaped and can be found."""
    _library.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
