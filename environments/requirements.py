"""What a substrate needs of the machine it runs on: looked at by the substrate when it starts, and by `ringmaster doctor`."""

import resource
from collections.abc import Callable, Iterable
from importlib.util import find_spec
from typing import Literal, NamedTuple

from environments.errors import SubstrateError

PLATFORM = "the platform"
LEAST_OPEN_FILES = 64
LEAST_FILE_SIZE = 16 << 20


class Requirement(NamedTuple):
    """One thing: what it is for, and how to get it."""

    name: str
    kind: Literal["package", "program", "machine"]
    purpose: str
    """PLATFORM when nothing runs without it, else the capability or the part that needs it."""
    install: str
    """What to ask pip for (package), the program's name (program), or what to do in words (machine)."""
    probe: Callable[[], str | None]
    """What is there, such as a version; None when it is missing."""
    needed: bool = True


def limits() -> list[Requirement]:
    """As many open files at a time, and as large ones, as anything that runs scenarios needs."""

    def at_least(limit: int, least: int) -> Callable[[], str | None]:
        def probe() -> str | None:
            most, _ = resource.getrlimit(limit)
            return "unlimited" if most == resource.RLIM_INFINITY else str(most) if most >= least else None

        return probe

    many, large = f"{LEAST_OPEN_FILES} open files at a time", f"files of up to {LEAST_FILE_SIZE >> 20} MiB"
    return [
        Requirement(many, "machine", PLATFORM, "raise the limit with `ulimit -n 1024`", at_least(resource.RLIMIT_NOFILE, LEAST_OPEN_FILES)),
        Requirement(
            large, "machine", PLATFORM, "raise the limit with `ulimit -f unlimited`", at_least(resource.RLIMIT_FSIZE, LEAST_FILE_SIZE)
        ),
    ]


def package(module: str, install: str, purpose: str = PLATFORM, *, needed: bool = True) -> Requirement:
    """A Python package by one of its modules; `install` is what to ask pip for."""

    def probe() -> str | None:
        try:
            if find_spec(module) is None:
                return None
        except (ModuleNotFoundError, ValueError):
            return None
        # whoever asks for nothing of it need not wait for it
        from importlib.metadata import PackageNotFoundError, version

        try:
            return version(install.strip("'").partition("[")[0].partition("=")[0])
        except PackageNotFoundError:
            return "unknown version"

    return Requirement(module, "package", purpose, install, probe, needed)


def refuse_unmet(requirements: Iterable[Requirement], substrate: str) -> None:
    """Raise SubstrateError that names everything that is needed and missing, and how to get it."""
    missing = [requirement for requirement in requirements if requirement.needed and requirement.probe() is None]
    packages = [requirement.install for requirement in missing if requirement.kind == "package"]
    others = [f"{requirement.name} ({requirement.install})" for requirement in missing if requirement.kind != "package"]
    if packages:
        raise SubstrateError(
            f"the {substrate} platform needs packages that are not installed: {', '.join(packages)}. "
            f"Install them: {pip_command(packages)}" + (f". It also needs {', '.join(others)}" if others else "")
        )
    if others:
        raise SubstrateError(f"the {substrate} platform needs {', '.join(others)}. `ringmaster doctor` says more")


def pip_command(packages: Iterable[str]) -> str:
    """The command that installs packages in versions that fit together."""
    return f"pip install -c constraints.txt {' '.join(packages)}"
