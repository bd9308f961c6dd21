"""Traces as people want them: without the frames of behave and of the runner, which every error has."""

import sys
import traceback
from functools import cache
from pathlib import Path
from types import TracebackType

BEGINNING = "Traceback (most recent call last):"
SUPPORT = Path(__file__).parents[2]
STANDARD_LIBRARY = str(Path(traceback.__file__).parent)
OURS = (f"{SUPPORT / 'runner'}/", f"{SUPPORT / 'results'}/", str(SUPPORT / "step_arguments.py"))


def trace_of(error: BaseException) -> str:
    """The error's trace, and those of its causes; empty when none came through code of the project's."""
    told = traceback.TracebackException.from_exception(error)
    if not _shorten(told, set()):
        return ""
    # they stand above the trace
    told.__notes__ = None
    return "".join(told.format())


def place_of(error: BaseException) -> str:
    """`file:line` of the innermost line of the project's own code that the error came through; empty when there is none."""
    found = ""
    for frame in traceback.extract_tb(error.__traceback__):
        if is_projects(frame.filename):
            found = f"{_from_here(frame.filename)}:{frame.lineno}"
    return found


def is_projects(file: str) -> bool:
    """Whether code in this file is the project's, rather than a library's or a framework's."""
    return bool(file) and not _is_frameworks(file) and not _is_library(file)


def innermost(trace: TracebackType | None) -> TracebackType | None:
    """Where an error was raised."""
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace


def _shorten(told: traceback.TracebackException, seen: set[int]) -> int:
    """Leave out the frameworks' frames; says how many are left."""
    if id(told) in seen:
        return 0
    seen.add(id(told))
    kept = [frame for frame in told.stack if not _is_frameworks(frame.filename)]
    # what a library did before it came to the project's code
    own = next((place for place, frame in enumerate(kept) if not _is_library(frame.filename)), 0)
    kept = kept[own:]
    told.stack = traceback.StackSummary.from_list(kept)
    others = (told.__cause__, told.__context__, *(told.exceptions or ()))
    return len(kept) + sum(_shorten(other, seen) for other in others if other is not None)


@cache
def _frameworks() -> tuple[str, ...]:
    behave = getattr(sys.modules.get("behave"), "__file__", None)
    return (*OURS, f"{Path(behave).parent}/") if behave else OURS


def _is_frameworks(file: str) -> bool:
    return file.startswith(_frameworks())


@cache
def _is_library(file: str) -> bool:
    return file.startswith(("<", STANDARD_LIBRARY)) or "site-packages" in file


def _from_here(file: str) -> str:
    path = Path(file)
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else file
