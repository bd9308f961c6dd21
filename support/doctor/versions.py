"""Whether the installed packages are those that the project was tested with: `constraints.txt`, else the ranges of `pyproject.toml`."""

import platform
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement

PROJECT = Path(__file__).resolve().parents[2]
CONSTRAINTS, RANGES = "constraints.txt", "pyproject.toml"


@dataclass(frozen=True)
class Difference:
    """One package that is installed in another version than it should be, or that is needed always and is not installed at all."""

    name: str
    installed: str | None
    wanted: str
    """As pip writes it, such as `==1.2.3`."""
    wanted_by: str
    """The file that says so."""


def differences(project: Path = PROJECT) -> list[Difference]:
    """Every difference, by name; none where the project's files are not there, as when it was installed without them.

    What is installed and not named in the files is nobody's affair; what is not installed counts only where nothing works without it.
    """
    found = {_plain(wish.name): Difference(wish.name, has, str(wish.specifier), by) for wish, by, has in _unmet(project)}
    return sorted(found.values(), key=lambda difference: difference.name.lower())


def _unmet(project: Path) -> Iterator[tuple[Requirement, str, str | None]]:
    # the pins last, since they say more
    for wish, needed in _ranges(project / RANGES):
        has = _installed(wish.name)
        if needed if has is None else not wish.specifier.contains(has, prereleases=True):
            yield wish, RANGES, has
    for wish in _pins(project / CONSTRAINTS):
        has = _installed(wish.name)
        if has is not None and not wish.specifier.contains(has, prereleases=True):
            yield wish, CONSTRAINTS, has


def _ranges(file: Path) -> Iterator[tuple[Requirement, bool]]:
    """What the project asks for, and whether nothing works without it."""
    if not file.is_file():
        return
    project = tomllib.loads(file.read_text(encoding="utf-8"))["project"]
    yield Requirement(f"Python{project['requires-python']}"), True
    for line in project["dependencies"]:
        yield Requirement(line), True
    for lines in project["optional-dependencies"].values():
        for line in lines:
            yield Requirement(line), False


def _pins(file: Path) -> Iterator[Requirement]:
    if not file.is_file():
        return
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            try:
                yield Requirement(line.strip())
            except InvalidRequirement:
                # pip says it better
                continue


def _installed(name: str) -> str | None:
    if name == "Python":
        return platform.python_version()
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _plain(name: str) -> str:
    """Source: PEP 503: names that differ in this way only are the same."""
    return re.sub(r"[-_.]+", "-", name).lower()
