"""What the kind substrate needs of this machine: Docker and kind, and what all substrates do that run here."""

from environments.compose.requirements import requirements as of_containers
from environments.kind import programs
from environments.requirements import PLATFORM, Requirement, package


def requirements() -> list[Requirement]:
    """Everything that the kind substrate looks for."""
    return [
        *of_containers(),
        package("kubernetes", "'kubernetes>=36,<37'"),
        Requirement("kind", "program", PLATFORM, "see https://kind.sigs.k8s.io/docs/user/quick-start", _kind),
    ]


def _kind() -> str | None:
    return "there" if programs.installed() else None
