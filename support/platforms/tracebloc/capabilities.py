"""What the machine that runs the scenarios has to have for tracebloc's public chart, installer and front end."""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

NO_CHECKOUT = "no checkout of tracebloc/client is given: set client_checkout (option --client-checkout)"


def helm(client_checkout: Path | None) -> str | None:
    """Why the client's chart cannot be rendered; None when it can."""
    if client_checkout is None:
        return NO_CHECKOUT
    return None if shutil.which("helm") else "the program helm is not installed"


def installer_scripts(client_checkout: Path | None) -> str | None:
    """Why the client's installer scripts cannot be run; None when they can."""
    if client_checkout is None:
        return NO_CHECKOUT
    # imported here: most runs have no checkout
    from support.platforms.tracebloc.client_scripts.host import why_not

    return why_not()


def front_end(frontend_checkout: Path | None) -> str | None:
    """Why the front end's own specs cannot be run; None when they can."""
    if frontend_checkout is None:
        return "no checkout of the front end is given: set frontend_checkout (option --frontend-checkout)"
    from support.platforms.tracebloc.front_end import why_not

    return why_not(frontend_checkout)


OF_THIS_MACHINE: Mapping[str, Callable[[Mapping[str, Any]], str | None]] = {
    "helm": lambda values: helm(values["client_checkout"]),
    "installer.scripts": lambda values: installer_scripts(values["client_checkout"]),
    "frontend": lambda values: front_end(values["frontend_checkout"]),
}
"""By the capability, why it is missing; each takes the values of the platform's settings."""
