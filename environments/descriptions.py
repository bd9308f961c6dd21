"""What each service runs as, in words that can be compared between substrates: image, ports, variables, security, limits; versions.

Values of variables are another run's own, and may be secrets: only their names are told. Tags of images are of what is in them, and so are
others after every change. What a substrate cannot say it names under UNSAID. Source: our choice.
"""

import platform as machine
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version

from environments.platform import Platform
from environments.services import Resources, ServiceSpec, Site

NO_IMAGE = "none, a process of this machine"
UNSAID = "cannot be said"
IMAGE, PORTS, VARIABLES, SECURITY, LIMITS, VERSIONS = "image", "ports", "variables", "security", "limits", "versions"
FACETS = (IMAGE, PORTS, VARIABLES, SECURITY, LIMITS)
"""Of a service."""
LITTLE_POWER = {
    "user": "one without rights",
    "root file system": "read-only",
    "capabilities": "none",
    "further privileges": "none",
    "system calls": "filtered by the runtime",
}
"""What a container of ours is held to."""
A_PROCESS = dict.fromkeys(LITTLE_POWER, "as whoever runs it")
PORT, VARIABLE, LIMIT = "port", "variable", "limit"
_FACET_OF = {"image": IMAGE, PORT: PORTS, VARIABLE: VARIABLES, LIMIT: LIMITS}
Description = Mapping[str, str]


def description_of(
    platform: Platform, spec: ServiceSpec, site: Site, *, image: str, held_to: Mapping[str, str], limits: Mapping[str, str]
) -> Description:
    """Of one service that a substrate of ours runs; `held_to` has the names of LITTLE_POWER, `limits` those of `limits_of`."""
    variables = {**platform.variables(), **spec.variables(site)}
    return {**opened(spec.ports), **set_variables(variables), "image": without_tag(image), **held_to, **limits}


def limits_of(resources: Resources) -> Description:
    """How much a service may use."""
    return {f"{LIMIT} of cpu": f"{resources.cpu:g}", f"{LIMIT} of memory": f"{resources.memory_mebibytes}Mi"}


def opened(ports: Iterable[str]) -> Description:
    """The ports that a service has."""
    return {f"{PORT} {port}": "open" for port in ports}


def set_variables(names_of_variables: Iterable[str]) -> Description:
    """The variables that are set for it."""
    return {f"{VARIABLE} {name}": "set" for name in sorted(names_of_variables)}


def without(*facets: str) -> Description:
    """That some of FACETS, or the versions, cannot be said."""
    return {UNSAID: ", ".join(facets)} if facets else {}


def facet_of(what: str, name: str) -> str:
    """Which of FACETS an entry of a description belongs to, or that it is a version."""
    return VERSIONS if what == VERSIONS else _FACET_OF.get(name.partition(" ")[0], SECURITY)


def without_tag(image: str) -> str:
    """The name of an image, of whatever registry and version."""
    folder, slash, name = image.partition("@")[0].rpartition("/")
    return f"{folder}{slash}{name.partition(':')[0]}"


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
