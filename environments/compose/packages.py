"""Which Python packages go into an image: those asked for and all that they need, in the versions that are installed here."""

import sys
from collections.abc import Iterable
from importlib.metadata import Distribution, PackageNotFoundError, distribution

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from environments.errors import SubstrateError

FIRST_RELEASE = f"{sys.version_info.major}.{sys.version_info.minor}.0"
"""An image's Python may be older than this one, by as much."""


def pinned(wanted: Iterable[str]) -> list[str]:
    """`name==version` of every package, sorted; raises SubstrateError for one that is not installed here.

    What only an older Python needs besides, and is not installed here, may have any version that fits.
    """
    found: dict[str, str] = {}
    seen: set[tuple[str, tuple[str, ...]]] = set()
    work = [(Requirement(text), True) for text in wanted]
    while work:
        requirement, here = work.pop()
        name, extras = canonicalize_name(requirement.name), tuple(sorted(requirement.extras))
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        if not here and not _is_installed(name):
            found[name] = str(requirement.specifier)
            continue
        installed = _installed(name)
        found[name] = f"=={installed.version}"
        for needed in map(Requirement, installed.requires or []):
            if (applies := _applies(needed, extras)) or _applies(needed, extras, FIRST_RELEASE):
                work.append((needed, applies))
    return [f"{name}{version}" for name, version in sorted(found.items())]


def alone(wanted: Iterable[str]) -> list[str]:
    """`name==version` of these packages and nothing more; raises SubstrateError for one that is not installed here."""
    return [f"{canonicalize_name(name)}=={_installed(name).version}" for name in wanted]


def _installed(name: str) -> Distribution:
    try:
        return distribution(name)
    except PackageNotFoundError:
        raise SubstrateError(f"no image can be made: the package {name} is not installed here, so its version is not known") from None


def _is_installed(name: str) -> bool:
    try:
        distribution(name)
    except PackageNotFoundError:
        return False
    return True


def _applies(needed: Requirement, extras: Iterable[str], release: str | None = None) -> bool:
    marker, python = needed.marker, {"python_full_version": release} if release else {}
    return marker is None or any(marker.evaluate({"extra": extra, **python}) for extra in (*extras, ""))
