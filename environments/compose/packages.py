"""Which Python packages go into an image: those asked for and all that they need, in the versions that are installed here."""

from collections.abc import Iterable
from importlib.metadata import Distribution, PackageNotFoundError, distribution

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from environments.errors import SubstrateError


def pinned(wanted: Iterable[str]) -> list[str]:
    """`name==version` of every package, sorted; raises SubstrateError for one that is not installed here."""
    found: dict[str, str] = {}
    seen: set[tuple[str, tuple[str, ...]]] = set()
    work = [Requirement(text) for text in wanted]
    while work:
        requirement = work.pop()
        name, extras = canonicalize_name(requirement.name), tuple(sorted(requirement.extras))
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        installed = _installed(name)
        found[name] = installed.version
        work += [needed for text in installed.requires or [] if _applies(needed := Requirement(text), extras)]
    return [f"{name}=={version}" for name, version in sorted(found.items())]


def alone(wanted: Iterable[str]) -> list[str]:
    """`name==version` of these packages and nothing more; raises SubstrateError for one that is not installed here."""
    return [f"{canonicalize_name(name)}=={_installed(name).version}" for name in wanted]


def _installed(name: str) -> Distribution:
    try:
        return distribution(name)
    except PackageNotFoundError:
        raise SubstrateError(f"no image can be made: the package {name} is not installed here, so its version is not known") from None


def _applies(needed: Requirement, extras: Iterable[str]) -> bool:
    marker = needed.marker
    return marker is None or any(marker.evaluate({"extra": extra}) for extra in (*extras, ""))
