"""What may be given for a setting: each reader makes its value of a text or of what TOML holds, or says in words what would do.

Plain functions: a model of pydantic takes longer to import and to build than a run without a platform takes to its first step.
"""

import json
import re
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal, TypeVar

Value = TypeVar("Value")
Reader = Callable[[Any], Value]
"""Raises ValueError."""

_PERIOD = re.compile(r"(\d{1,5})([hdw])")
_UNITS = {"h": "hours", "d": "days", "w": "weeks"}
NEVER = "never"
MOST = 1000
"""Processes that nobody means to start more of."""
YES, NO = {"true", "1", "yes", "on"}, {"false", "0", "no", "off"}


def text(given: object) -> str:
    """Any text."""
    if not isinstance(given, str):
        raise ValueError(f"it has to be text, not {given!r}")
    return given


def flag(given: object) -> bool:
    """True or false."""
    word = str(given).lower()
    if word not in YES | NO:
        raise ValueError(f"it has to be true or false, not {given!r}")
    return word in YES


def number(*, most: float | None = None) -> Reader[float]:
    """A number greater than 0."""

    def read(given: object) -> float:
        try:
            found = float("nan") if isinstance(given, bool) else float(str(given))
        except ValueError:
            found = float("nan")
        # what is no number is not greater than anything
        if not 0 < found < float("inf") or (most is not None and found > most):
            raise ValueError(f"it has to be a number greater than 0{f' and at most {most:g}' if most else ''}, not {given!r}")
        return found

    return read


def one_of(names: Iterable[str]) -> Reader[str]:
    """One of these names."""
    known = list(names)

    def read(given: object) -> str:
        if given not in known:
            raise ValueError(f"it has to be one of {', '.join(known)}, not {given!r}")
        return str(given)

    return read


def count_or_auto(given: object) -> int | Literal["auto"]:
    """A whole number that a machine may have processes, or `auto`."""
    if given == "auto":
        return "auto"
    if isinstance(given, bool) or not str(given).isdecimal() or not 1 <= int(str(given)) <= MOST:
        raise ValueError(f"it has to be a whole number from 1 to {MOST}, or auto, not {given!r}")
    return int(str(given))


def period(given: object) -> str:
    """How long, such as `30d`, `12h` or `2w`, or `never`, as it is written; `length_of` reads it."""
    length_of(str(given))
    return str(given)


def length_of(written: str) -> timedelta | None:
    """The period that is written like this; None for `never`. Raises ValueError."""
    found = _PERIOD.fullmatch(written)
    if found is None and written != NEVER:
        raise ValueError(f"it has to be a number of hours, days or weeks, such as 12h, 30d or 2w, or {NEVER}, not {written!r}")
    return timedelta(**{_UNITS[found[2]]: int(found[1])}) if found else None


def folder(given: object) -> Path:
    """A path."""
    if not isinstance(given, str | Path) or not str(given):
        raise ValueError(f"it has to be a path, not {given!r}")
    return Path(given)


def list_of_texts(given: object) -> list[str]:
    """Texts; a variable gives them separated by commas."""
    found = [part.strip() for part in given.split(",") if part.strip()] if isinstance(given, str) else given
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise ValueError(f"it has to be a list of texts, not {given!r}")
    return found


def table_of(read: Reader[Value]) -> Reader[dict[str, Value]]:
    """A table of names with a value each; a variable gives it as JSON."""

    def read_all(given: object) -> dict[str, Value]:
        try:
            found = json.loads(given) if isinstance(given, str) else given
        except ValueError as error:
            raise ValueError(f'a variable gives it as JSON, such as {{"ring1": 60}}: {error}') from error
        if not isinstance(found, dict):
            raise ValueError(f"it has to be a table, not {found!r}")
        return {name: _named(name, read, value) for name, value in found.items()}

    return read_all


def _named(name: str, read: Reader[Value], given: object) -> Value:
    try:
        return read(given)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error


def existing_file(given: str) -> Path:
    """The path of a file that is there."""
    path = Path(given).expanduser().absolute()
    if not path.is_file():
        raise ValueError(f"{path} is not a file")
    return path


def existing_folder(given: str) -> Path:
    """The path of a folder that is there."""
    path = Path(given).expanduser().absolute()
    if not path.is_dir():
        raise ValueError(f"{path} is not a folder")
    return path
