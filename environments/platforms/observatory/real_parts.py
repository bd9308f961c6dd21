"""The project's own services in place of the reference ones: built by the user, run by a command. Nothing is built here.

Source: oddessentials/odd-demonstration (where its builds leave each service).
"""

import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from environments.platforms.observatory.messages import JOBS_COMPLETED, JOBS_CREATED
from environments.platforms.observatory.web_terminal_service import NAME as TERMINAL
from environments.services import Program, ServiceSpec, Site

CHECKOUT = "observatory_checkout"


@dataclass(frozen=True)
class Built:
    """Where a built service is in a checkout."""

    folder: str
    command: tuple[str, ...]
    proof: str
    """The file that is there once it was built."""


BUILT = {
    "gateway": Built("src/services/gateway", ("node", "dist/index.js"), "dist/index.js"),
    "processor": Built("src/services/processor", (".venv/bin/python", "main.py"), ".venv/bin/python"),
    "metrics_engine": Built("src/services/metrics-engine", ("./metrics-engine",), "metrics-engine"),
    "read_model": Built("src/services/read-model", ("./read-model",), "read-model"),
    TERMINAL: Built("src/services/web-pty-server", ("./target/release/web-pty-server",), "target/release/web-pty-server"),
}
CONSUMED = {"processor": JOBS_CREATED, "metrics_engine": JOBS_COMPLETED}
"""The queues of those that listen on a fixed port, or on none: they are ready once they consume."""


def command_setting(service: str) -> str:
    """The setting that has a service's command."""
    return f"observatory_{service}"


def command(given: object) -> tuple[str, ...]:
    """A command as a shell reads it; raises ValueError."""
    try:
        words = tuple(shlex.split(given)) if isinstance(given, str) else ()
    except ValueError as error:
        raise ValueError(f"it has to be a command as a shell reads it: {error}") from error
    if not words:
        raise ValueError(f"it has to be a command, such as 'node dist/index.js', not {given!r}")
    return words


def commands(values: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """The command of each of the project's own services that is given: by its own setting, else as the checkout has it built."""
    found: dict[str, tuple[str, ...]] = {}
    checkout = values.get(CHECKOUT)
    for service, built in BUILT.items():
        if given := values.get(command_setting(service)):
            found[service] = tuple(given)
        elif checkout and (folder := Path(checkout).absolute() / built.folder) and (folder / built.proof).exists():
            # env changes the folder first: the services look for their files where they are started
            found[service] = ("env", f"--chdir={folder}", *built.command)
    return found


def put_in(specs: Sequence[ServiceSpec], own: Mapping[str, Sequence[str]]) -> Sequence[ServiceSpec]:
    """The services, of which some are the project's own."""
    return tuple(_of_the_project(spec, own[spec.name]) if spec.name in own else spec for spec in specs)


def _of_the_project(spec: ServiceSpec, words: Sequence[str]) -> ServiceSpec:
    def variables(site: Site) -> Mapping[str, str]:
        # what takes long to load is needed by no command
        from environments.platforms.observatory import contracts

        # theirs are not beside their code, as ours are
        return {**spec.variables(site), "CONTRACTS_PATH": str(contracts.FOLDER)}

    if spec.name == TERMINAL:
        return replace(spec, runs=Program(tuple(words)), variables=partial(_of_their_terminal, spec))
    launch = (sys.executable, "-m", "environments.platforms.observatory.launch")
    started = replace(spec, variables=variables, preload=())
    if spec.name not in CONSUMED:
        return replace(started, runs=Program((*launch, *words)))
    return replace(started, runs=Program((*launch, "--consumes", CONSUMED[spec.name], *words)), ready_port=None)


def _of_their_terminal(spec: ServiceSpec, site: Site) -> Mapping[str, str]:
    from environments.platforms.observatory.pseudo_terminal import dashboard

    # it listens on all interfaces, and takes the path of one program, which it looks for at its start
    return {"PTY_TUI_BINARY": dashboard.__file__, **{name: value for name, value in spec.variables(site).items() if name != "PTY_HOST"}}
