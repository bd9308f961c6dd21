"""What scenarios can ask for with `@needs.<capability>`: what substrates, platforms and the project itself offer, and why it is missing."""

from collections.abc import Mapping

from environments.choose import platform_classes
from environments.platform import Platform
from environments.substrate import CAPABILITIES, Substrate
from support.settings_file import declared

THERE = "declared in the settings file"


def known_capabilities() -> Mapping[str, str]:
    """Every capability that scenarios can ask for, with its meaning."""
    of_platforms = {name: meaning for platform in platform_classes() for name, meaning in platform.capabilities.items()}
    return {**dict.fromkeys(declared().capabilities, THERE), **of_platforms, **CAPABILITIES}


def why_missing(capability: str, platform: Platform | None, substrate: Substrate) -> str | None:
    """Why a scenario that needs this cannot run, in one plain sentence; None when it can.

    Args:
        capability: its name.
        platform: whose promise the scenario is; None when it belongs to none.
        substrate: that carries this platform.
    """
    if capability in substrate.lacks:
        return substrate.lacks[capability]
    if capability in CAPABILITIES:
        return substrate.why_missing(capability)
    if platform is not None and capability in platform.capabilities:
        return platform.why_missing(capability, substrate)
    if capability in declared().capabilities:
        return declared().capabilities[capability] or None
    for other in platform_classes():
        if capability in other.capabilities:
            return f"only the platform {other.name} offers it, and this feature is not in features/{other.name}/"
    return f"no substrate or platform offers the capability '{capability}'"
