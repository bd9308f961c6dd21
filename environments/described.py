"""What each service runs as, in words that can be compared between substrates: image, ports, names of variables, versions, what it may not.

Values of variables are another run's own, and may be secrets: only their names are told. Source: our choice.
"""

import platform as machine
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version

from environments.platform import Platform
from environments.services import ServiceSpec, Site

NO_IMAGE = "none: a process of this machine"
Description = Mapping[str, str]


def description_of(platform: Platform, spec: ServiceSpec, site: Site, *, image: str, held_to: Mapping[str, str]) -> Description:
    """Of one service; `held_to` is what the substrate holds it to, such as its user."""
    return {
        "image": image,
        **{f"port {port}": "open" for port in spec.ports},
        **{f"variable {name}": "set" for name in sorted({**platform.variables(), **spec.variables(site)})},
        **held_to,
    }


def versions_of(platform: Platform) -> Description:
    """Of Python and of the packages that its services are made with, where they are installed here."""
    found = {"Python": machine.python_version()}
    for package in names(platform.packages().services):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def names(requirements: Iterable[str]) -> list[str]:
    """Of packages, without extras."""
    return sorted({requirement.partition("[")[0] for requirement in requirements})
