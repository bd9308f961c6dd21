"""The processes that one has started, for tests that kill some of them or see them end."""

from collections.abc import Callable

import psutil


def descendants(pid: int, wanted: Callable[[str], bool]) -> list[psutil.Process]:
    """Those of a process's children, and of theirs, whose name is wanted; one that ends meanwhile is none."""
    return [each for each in psutil.Process(pid).children(recursive=True) if wanted(_name(each))]


def is_alive(process: psutil.Process) -> bool:
    """Whether it runs still; what only waits to be looked after by its parent does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _name(process: psutil.Process) -> str:
    try:
        return str(process.name())
    except psutil.NoSuchProcess:
        return ""
