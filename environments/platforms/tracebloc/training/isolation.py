"""What a process does to itself before it runs an uploaded model: other processes, the network and secrets go out of its reach.

Linux namespaces, limits and prctl, called directly since Python 3.11 has no `os.unshare`. On a kernel that forbids namespaces the model
still runs, with limits only, and the log says so. This contains mistakes and curiosity; a container around the pod is the real boundary.
"""

import contextlib
import ctypes
import os
import posix
import resource
from pathlib import Path
from typing import TYPE_CHECKING

from environments.processes import mounts

if TYPE_CHECKING:
    from environments.platforms.tracebloc.training.protocol import Limits

_CLONE_NEWNS, _CLONE_NEWIPC, _CLONE_NEWUSER, _CLONE_NEWPID, _CLONE_NEWNET = 0x00020000, 0x08000000, 0x10000000, 0x20000000, 0x40000000
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 1, 4, 38
_NOBODY = 65534


def enter_namespaces() -> bool:
    """Leave network, mounts and (for children) other processes behind; False when the kernel forbids it.

    The process has all capabilities in there, and must give them up. Its real user is nobody afterwards if it was root: only so does the
    kernel count its threads.
    """
    user, group = os.geteuid(), os.getegid()
    own = _CLONE_NEWNS | _CLONE_NEWNET | _CLONE_NEWPID | _CLONE_NEWIPC
    if user == 0:
        _succeeds("setresuid", _NOBODY, -1, -1)
    # with a user namespace even root loses its power over the processes outside; without one root may still do the rest
    if not _succeeds("unshare", own | _CLONE_NEWUSER):
        return _succeeds("unshare", own)
    # whose map only its owner may write, which it is not while its memory is hidden
    _succeeds("prctl", _PR_SET_DUMPABLE, 1, 0, 0, 0)
    # where that is forbidden it stays a stranger in there, without a view of its own
    with contextlib.suppress(OSError):
        mounts.map_own_user(user, group)
    return True


def can_enter_namespaces() -> bool:
    """Whether this kernel lets a process of this user leave the network and other processes behind, and have a view of its own."""
    tried = os.fork()
    if tried == 0:
        code = 1
        try:
            if enter_namespaces():
                mounts.make_private()
                code = 0
        finally:
            os._exit(code)
    return os.waitpid(tried, 0)[1] == 0


def die_with_parent(signal_number: int) -> None:
    """Have the kernel send this process a signal when its parent ends."""
    _succeeds("prctl", _PR_SET_PDEATHSIG, signal_number, 0, 0, 0)


def hide_memory() -> None:
    """Keep other processes of the same user from reading this one's memory and environment through /proc."""
    _succeeds("prctl", _PR_SET_DUMPABLE, 0, 0, 0, 0)


def never_gain_privileges() -> None:
    """From now on no program that is started gains rights by set-user-id bits."""
    _succeeds("prctl", _PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def forget_environment(kept: dict[str, str]) -> None:
    """Replace the environment, wherever a copy of it can be read from inside this process."""
    os.environ.clear()
    posix.environ.clear()  # what the interpreter found when it started
    _erase_initial_environment()
    os.environ.update(kept)


def close_files_except(descriptor: int) -> None:
    """Close all inherited files but stdout, stderr and one; stdin becomes empty."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.closerange(3, descriptor)
    os.closerange(descriptor + 1, os.sysconf("SC_OPEN_MAX"))


def drop_capabilities() -> None:
    """Keep none of root's powers, whose namespaces' first process has them all."""
    with contextlib.suppress(OSError):
        mounts.drop_capabilities()


def set_limits(limits: "Limits", *, threads_counted: bool) -> None:
    """Limit processor time, memory, threads, files and core dumps of this process and all it starts; they can never be raised again.

    Args:
        limits: how much of each.
        threads_counted: whether the kernel counts this process's threads apart from those of all others of its user.
    """
    memory = _mapped_bytes() + limits.memory_bytes
    for what, most in (
        (resource.RLIMIT_CPU, limits.processor_seconds),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, limits.folder_bytes),
        (resource.RLIMIT_NOFILE, limits.open_files),
        (resource.RLIMIT_CORE, 0),
        *([(resource.RLIMIT_NPROC, limits.threads)] if threads_counted else []),
    ):
        _, hard = resource.getrlimit(what)
        value = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (value, value))


def _erase_initial_environment() -> None:
    # /proc/self/environ shows the block the kernel made at exec, which unsetting variables leaves as it was
    with contextlib.suppress(OSError, ValueError, IndexError):
        # fields 50 and 51 of proc(5) stat, counted after the parenthesised command name (fields 1 and 2)
        fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
        start, end = int(fields[47]), int(fields[48])
        if 0 < start < end:
            ctypes.memset(start, 0, end - start)


def _mapped_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _succeeds(function: str, *arguments: int) -> bool:
    try:
        called: int = getattr(ctypes.CDLL(None, use_errno=True), function)(*arguments)
    except AttributeError:  # not Linux
        return False
    return called == 0
