"""Which substrates and platforms there are, by name; each one is imported only when it is chosen."""

from collections.abc import Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from environments.errors import BrokenPlatform, DeploymentRefused, UnknownPlatform, UnknownSubstrate

if TYPE_CHECKING:
    from environments.platform import Platform, Sabotage
    from environments.substrate import Substrate

NO_SUBSTRATE = "none"
KIND_SUBSTRATE = "kind"
REMOTE_SUBSTRATE = "remote"
SUBSTRATES = {
    "embedded": "environments.embedded.substrate",
    "compose": "environments.compose.substrate",
    "kind": "environments.kind.substrate",
    "remote": "environments.remote.substrate",
    "none": "environments.none",
}
"""The modules that hold one as `SUBSTRATE`."""
DEADLINE_FACTORS = {"compose": 3.0, "kind": 6.0}
"""How much longer things may take on a substrate, unless that is set: containers start services, and a cluster pods, from nothing."""
PLATFORMS_FOLDER = Path(__file__).parent / "platforms"


def create_substrate(
    name: str, platform: "Platform | None", *, run_id: str, logs_folder: Path, deadline_factor: float = 1.0, **settings: Any
) -> "Substrate":
    """The substrate of that name for one platform, not started yet; raises UnknownSubstrate, and DeploymentRefused for remote.

    Args:
        name: one of SUBSTRATES.
        platform: what runs on it; None only for the substrate none.
        run_id: names the run in the ledger and everything made for it.
        logs_folder: gets one `<service>.log` a service; it is not removed at the end.
        deadline_factor: stretches every deadline.
        settings: what only this substrate takes.
    """
    refuse_unknown_substrate(name)
    substrate: Substrate = import_module(SUBSTRATES[name]).SUBSTRATE(
        platform, run_id=run_id, logs_folder=logs_folder, deadline_factor=deadline_factor, **settings
    )
    return substrate


def refuse_unknown_substrate(name: str) -> None:
    """Return if there is a substrate of that name; raises UnknownSubstrate."""
    if name in SUBSTRATES:
        return
    raise UnknownSubstrate(f"there is no substrate '{name}'. Known, nearest first: {', '.join(_nearest_first(name, tuple(SUBSTRATES)))}")


def platform_of_deployment(name: str | None) -> str:
    """The name of the platform that a deployment is of; raises DeploymentRefused."""
    found: str = import_module("environments.remote.deployments").read_deployment(name).platform
    return found


def on_deployment(name: str | None, wanted: set[str]) -> set[str]:
    """Of these platforms, that of a deployment, and the empty name if it is there; raises DeploymentRefused where only others are wanted.

    What is selected of other platforms alone would be green without having run.
    """
    there, others = platform_of_deployment(name), sorted(wanted - {""})
    if others and there not in others:
        raise DeploymentRefused(
            f"the deployment '{name}' is of the platform {there}, and what is selected is of {' and '.join(others)}: "
            f"select features of {there}, or name another deployment"
        )
    return wanted & {there, ""}


@cache
def platform_names() -> tuple[str, ...]:
    """The names of all platforms, sorted."""
    return tuple(sorted(file.parent.name for file in PLATFORMS_FOLDER.glob("*/platform.py")))


def platform_class(name: str) -> "type[Platform]":
    """The platform of that name; raises UnknownPlatform."""
    if name not in platform_names():
        known = _nearest_first(name, platform_names())
        raise UnknownPlatform(f"there is no platform '{name}'. Known, nearest first: {', '.join(known) or 'none'}")
    try:
        found: type[Platform] = import_module(f"environments.platforms.{name}.platform").PLATFORM
    except (AttributeError, ImportError, NameError, SyntaxError, TypeError, ValueError) as error:
        file = PLATFORMS_FOLDER / name / "platform.py"
        raise BrokenPlatform(f"the platform '{name}' cannot be loaded: {type(error).__name__}: {error}. Fix {file}") from error
    return found


def platform_classes() -> "list[type[Platform]]":
    """All platforms, by name."""
    return [platform_class(name) for name in platform_names()]


def all_sabotages() -> "dict[str, Sabotage]":
    """The sabotages of all platforms, by name."""
    return {sabotage.name: sabotage for platform in platform_classes() for sabotage in platform.sabotages()}


def platform_of(feature: Path | str, features: Path = Path("features")) -> str | None:
    """The name of the platform whose promise a feature file is, by its folder `features/<platform>`; None: it needs none."""
    try:
        folder = Path(feature).resolve().relative_to(features.resolve()).parts[0]
    except (ValueError, IndexError):
        return None
    return folder if folder in platform_names() else None


def platforms_of(path: Path | str, features: Path = Path("features")) -> set[str]:
    """The platforms of a feature file or of all features in a folder; the empty name stands for features that need none."""
    here = Path(path).resolve()
    if here != features.resolve() and here not in features.resolve().parents:
        return {platform_of(here, features) or ""}
    return {name for name in platform_names() if (features / name).is_dir()} or {""}


def _nearest_first(name: str, known: Sequence[str]) -> list[str]:
    # only who mistyped waits for it
    from difflib import get_close_matches

    nearest = get_close_matches(name, known, n=len(known), cutoff=0.4)
    return [*nearest, *(other for other in known if other not in nearest)]
