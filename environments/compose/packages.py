"""Which Python packages go into an image: those asked for and all that they need, in the versions that are installed here."""

import sys
from collections.abc import Iterable, Mapping
from importlib.metadata import Distribution, PackageNotFoundError, distribution

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from environments.errors import SubstrateError

FIRST_OF_THE_LINE = {"python_full_version": f"{sys.version_info.major}.{sys.version_info.minor}.0"}
"""The image's Python may be earlier than this one, and some packages need more there."""


def pinned(wanted: Iterable[str]) -> list[str]:
    """`name==version` of every package, sorted; raises SubstrateError for one that is not installed here.

    What only an earlier Python of this line needs, and is not installed here, is as who needs it asks for it.
    """
    found: dict[str, str] = {}
    seen: set[tuple[str, tuple[str, ...]]] = set()
    earlier: list[Requirement] = []
    work = [Requirement(text) for text in wanted]
    while work:
        requirement = work.pop()
        name, extras = canonicalize_name(requirement.name), tuple(sorted(requirement.extras))
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        installed = _installed(name)
        found[name] = f"{name}=={installed.version}"
        needed = [Requirement(text) for text in installed.requires or []]
        work += [each for each in needed if _applies(each, extras)]
        earlier += [each for each in needed if _applies(each, extras, FIRST_OF_THE_LINE)]
    for requirement in earlier:
        found.setdefault(canonicalize_name(requirement.name), f"{canonicalize_name(requirement.name)}{requirement.specifier}")
    return [line for _, line in sorted(found.items())]


def alone(wanted: Iterable[str]) -> list[str]:
    """`name==version` of these packages and nothing more; raises SubstrateError for one that is not installed here."""
    return [f"{canonicalize_name(name)}=={_installed(name).version}" for name in wanted]


def _installed(name: str) -> Distribution:
    try:
        return distribution(name)
    except PackageNotFoundError:
        raise SubstrateError(f"no image can be made: the package {name} is not installed here, so its version is not known") from None


def _applies(needed: Requirement, extras: Iterable[str], environment: Mapping[str, str] | None = None) -> bool:
    marker = needed.marker
    return marker is None or any(marker.evaluate({**(environment or {}), "extra": extra}) for extra in (*extras, ""))
