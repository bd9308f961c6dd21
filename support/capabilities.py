"""What the machine that runs the scenarios has to have, whatever the platform runs on; the rest of the capabilities are the substrate's."""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from environments.platform import Platform
from environments.substrate import CAPABILITIES, Substrate

NO_CHECKOUT = "no checkout of tracebloc/client is given: set client_checkout (option --client-checkout)"


class GivenCheckouts(Protocol):
    """The settings that these capabilities look at."""

    @property
    def client_checkout(self) -> Path | None:
        """A checkout of tracebloc/client."""

    @property
    def frontend_checkout(self) -> Path | None:
        """A checkout of the front end."""


def why_missing(capability: str, platform: Platform | None, substrate: Substrate) -> str | None:
    """Why a scenario that needs this cannot run, in one plain sentence; None when it can."""
    if capability in CAPABILITIES:
        return substrate.why_missing(capability)
    return platform.why_missing(capability, substrate) if platform else "no"


def _helm(settings: GivenCheckouts) -> str | None:
    if settings.client_checkout is None:
        return NO_CHECKOUT
    return None if shutil.which("helm") else "the program helm is not installed"


def _installer_scripts(settings: GivenCheckouts) -> str | None:
    if settings.client_checkout is None:
        return NO_CHECKOUT
    # imported here: most runs have no checkout
    from support.platforms.tracebloc.client_scripts.host import why_not

    return why_not()


def _front_end(settings: GivenCheckouts) -> str | None:
    if settings.frontend_checkout is None:
        return "no checkout of the front end is given: set frontend_checkout (option --frontend-checkout)"
    from support.platforms.tracebloc.front_end import why_not

    return why_not(settings.frontend_checkout)


OF_THIS_MACHINE: Mapping[str, Callable[[GivenCheckouts], str | None]] = {
    "helm": _helm,
    "installer.scripts": _installer_scripts,
    "frontend": _front_end,
}
