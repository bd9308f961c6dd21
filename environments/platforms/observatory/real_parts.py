"""The project's own services in place of the reference ones: built by the user, run by a command. Nothing is built here.

Source: oddessentials/odd-demonstration (where its builds leave each service).
"""

import re
import shlex
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from environments.platforms.observatory.queues import JOBS_COMPLETED, JOBS_CREATED
from environments.platforms.observatory.web_terminal_service import NAME as TERMINAL
from environments.services import Program, ServiceSpec, Site

CHECKOUT = "observatory_checkout"
IMAGE = re.compile(r"[a-z0-9][a-z0-9._/-]*(:[0-9]+/[a-z0-9._/-]+)?(:[A-Za-z0-9_][A-Za-z0-9_.-]*)?(@sha256:[0-9a-f]{64})?")
"""A name of an image, perhaps with registry, tag and digest. Source: OCI distribution 1.1."""


class Built(NamedTuple):
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

GATEWAY, PROCESSOR, METRICS_ENGINE, READ_MODEL = "gateway", "processor", "metrics_engine", "read_model"
KNOWN_DEFECTS: Mapping[str, tuple[str, ...]] = {
    "correlation-id-not-returned": (GATEWAY,),
    "odd-correlation-id-breaks": (GATEWAY,),
    "errors-as-web-pages": (GATEWAY,),
    "empty-body-shows-the-trace": (GATEWAY,),
    "first-problem-only": (GATEWAY,),
    "status-unchecked-on-submission": (GATEWAY,),
    "metrics-without-service": (GATEWAY,),
    "broker-away-unnoticed": (GATEWAY,),
    "jobs-lost-with-the-broker": (GATEWAY,),
    "services-end-with-the-broker": (PROCESSOR, METRICS_ENGINE),
    "completed-event-says-pending": (PROCESSOR,),
    "duplicates-done-twice": (PROCESSOR,),
    "unparseable-dropped": (PROCESSOR,),
    "not-utf-8-blocks": (PROCESSOR,),
    "poison-blocks": (PROCESSOR, METRICS_ENGINE),
    "duplicates-counted-twice": (METRICS_ENGINE,),
    "dead-letter-without-version": (METRICS_ENGINE,),
    "events-are-lists": (READ_MODEL,),
    "empty-is-null": (READ_MODEL,),
    "zeros-while-cache-is-away": (READ_MODEL,),
    "read-model-without-readiness": (READ_MODEL,),
}
"""Whose the known defects of the project are (`@upstream.<defect>`; docs/observatory.md says what each one does).

Source: oddessentials/odd-demonstration at 9b98fbd, measured.
"""


def command_setting(service: str) -> str:
    """The setting that has a service's command."""
    return f"observatory_{service}"


def image_setting(service: str) -> str:
    """The setting that has the name of a service's image."""
    return f"{command_setting(service)}_image"


def image(given: object) -> str:
    """The name of an image; raises ValueError."""
    if not isinstance(given, str) or not IMAGE.fullmatch(given):
        raise ValueError(f"it has to be the name of an image, such as registry.example.com/gateway:1.2, not {given!r}")
    return given


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


def images(values: Mapping[str, Any]) -> dict[str, str]:
    """The image of each of the project's own services that is given."""
    return {service: given for service in BUILT if (given := values.get(image_setting(service)))}


def put_in_images(specs: Sequence[ServiceSpec], own: Mapping[str, str]) -> Sequence[ServiceSpec]:
    """The services, of which some run in images of the project's."""
    return tuple(_in_image(spec, own[spec.name]) if spec.name in own else spec for spec in specs)


def _in_image(spec: ServiceSpec, name: str) -> ServiceSpec:
    def variables(site: Site) -> Mapping[str, str]:
        # their terminal server listens on all interfaces and knows no such variable; contracts and dashboard are in their images
        return {variable: value for variable, value in spec.variables(site).items() if variable != "PTY_HOST"}

    return spec._replace(image=name, variables=variables, ready_port=None if spec.name in CONSUMED else spec.ready_port, preload=())


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
        return spec._replace(runs=Program(tuple(words)), variables=partial(_of_their_terminal, spec))
    launch = (sys.executable, "-m", "environments.platforms.observatory.launch")
    started = spec._replace(variables=variables, preload=())
    if spec.name not in CONSUMED:
        return started._replace(runs=Program((*launch, *words)))
    return started._replace(runs=Program((*launch, "--consumes", CONSUMED[spec.name], *words)), ready_port=None)


def _of_their_terminal(spec: ServiceSpec, site: Site) -> Mapping[str, str]:
    from environments.platforms.observatory.pseudo_terminal import dashboard

    # it listens on all interfaces, and takes the path of one program, which it looks for at its start
    return {"PTY_TUI_BINARY": dashboard.__file__, **{name: value for name, value in spec.variables(site).items() if name != "PTY_HOST"}}
