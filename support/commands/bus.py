"""The commands `ringmaster bus` and `ringmaster bus show`: the service bus on its own, and a look inside."""

import json
import os
import sys
from base64 import b64encode
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any, NamedTuple

import click
from click.exceptions import Exit

from support.commands.grouped_options import grouped_options
from support.commands.help import Group
from support.terminal import say, show_table

# Source: the ports of Microsoft's emulator for AMQP and for its own HTTP
PORT, CONTROL_PORT = 5672, 5300


OPTIONS = (
    click.option("--port", type=int, default=PORT, help="for AMQP and AMQP over WebSocket; 0 takes any free port"),
    click.option("--tls-port", type=int, help="the same over TLS, such as 5671; the authority's path is printed"),
    click.option("--control-port", type=int, default=CONTROL_PORT, help="for faults and `ringmaster bus show`"),
    click.option("--host", default="127.0.0.1", help="the address to listen on; only this machine unless told otherwise"),
    click.option("--config", type=click.Path(path_type=Path), help="entities, in the shape of the configuration of Microsoft's emulator"),
    click.option("--journal", type=click.Path(path_type=Path), help="keep messages in this file, so that they survive a kill"),
    click.option("--queues", default="", show_default=False, help="more queues, separated by commas"),
    click.option("--on-demand", help="patterns of queues to make when first used; all of them without --config"),
)


class Bus(NamedTuple):
    """The bus that was asked for; see the options of `ringmaster bus`."""

    port: int
    tls_port: int | None
    control_port: int
    host: str
    config: Path | None
    journal: Path | None
    queues: str
    on_demand: str | None

    def variables(self, key: str) -> dict[str, str]:
        """Its settings, as the variables that it reads."""
        given: dict[str, object] = {
            "SERVICE_BUS_PORT": self.port,
            "SERVICE_BUS_TLS_PORT": self.tls_port,
            "SERVICE_BUS_CONTROL_PORT": self.control_port,
            "HTTP_HOST": self.host,
            "SERVICE_BUS_CONFIG": self.config,
            "SERVICE_BUS_JOURNAL": self.journal,
            "SERVICE_BUS_KEY": key,
            "SERVICE_BUS_QUEUES": self.queues,
            "SERVICE_BUS_QUEUES_ON_DEMAND": self.on_demand if self.on_demand is not None else "" if self.config else "*",
        }
        return {name: str(value) for name, value in given.items() if value is not None}


@click.group("bus", cls=Group, invoke_without_command=True)
@grouped_options(OPTIONS, wanted=Bus)
@click.pass_context
def bus(context: click.Context, wanted: Bus) -> None:
    """A Service Bus for tests that the official client libraries can use, on this machine.

    Serves until interrupted. Example: `ringmaster bus --journal /tmp/bus.journal`.

    The shared access key is read from the variable SERVICE_BUS_KEY; without it one is made up and printed as a connection string.
    """
    if context.invoked_subcommand is not None:
        return
    import secrets

    from environments.service_bus.__main__ import main

    # a variable, since everybody on the machine can see the arguments of a command
    key = os.environ.get("SERVICE_BUS_KEY")
    made_up = key or b64encode(secrets.token_bytes(32)).decode()

    def announce(taken: int) -> None:
        # a key that is made up now is of no use to anybody who cannot read it here; one that was given is known
        if key is None:
            sys.stdout.write(f"{connection_string(wanted.host, taken, made_up)}\n")
            sys.stdout.flush()

    main(os.environ | wanted.variables(made_up), announce)


def connection_string(host: str, port: int, key: str) -> str:
    """What a client needs to come in without TLS."""
    return f"Endpoint=sb://{host}:{port};SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey={key};UseDevelopmentEmulator=true"


@bus.command()
@click.option("--control", default=f"http://127.0.0.1:{CONTROL_PORT}", help="the control port of the bus")
@click.option("--json", "as_json", is_flag=True, help="everything, as JSON")
def show(control: str, as_json: bool) -> None:
    """Look inside: what waits, what is locked, what was given up and why.

    The key of the bus is read from the variable SERVICE_BUS_KEY: the one it was started with, or the SharedAccessKey of the connection
    string that it printed.
    """
    # imported here: this module is loaded with every command
    from urllib.error import HTTPError, URLError
    from urllib.parse import urlsplit
    from urllib.request import Request, urlopen

    if urlsplit(control).scheme != "http":
        click.echo(f"ringmaster bus: '{control}' is not of the form http://host:port", err=True)
        raise Exit(2)
    # a variable, since everybody on the machine can see the arguments of a command
    asked = Request(f"{control.rstrip('/')}/state", headers={"Authorization": f"Bearer {os.environ.get('SERVICE_BUS_KEY', '')}"})  # noqa: S310
    try:
        with urlopen(asked, timeout=10) as answer:  # noqa: S310  (the scheme was looked at)
            state = json.load(answer)
    except HTTPError as error:
        what = "SERVICE_BUS_KEY is not its key" if error.code == HTTPStatus.UNAUTHORIZED else str(error)
        click.echo(f"ringmaster bus: the bus on {control} refuses: {what}. Set SERVICE_BUS_KEY to the key it was started with.", err=True)
        raise Exit(2) from None
    except (URLError, OSError, ValueError) as error:
        click.echo(f"ringmaster bus: no bus answers on {control}: {error}. Is it running, with this --control-port?", err=True)
        raise Exit(3) from None
    if as_json:
        click.echo(json.dumps(state, indent=2))
        return
    _print_tables(state)


def _print_tables(state: dict[str, Any]) -> None:
    from rich.table import Table

    table = Table(title=f"Service Bus: {state['memory']['used'] / 2**20:.1f} of {state['memory']['limit'] / 2**20:.0f} MiB")
    columns = ("kind", "waiting", "locked", "deferred", "scheduled", "dead_letters")
    table.add_column("entity", overflow="fold")
    for column in columns:
        table.add_column(column.replace("_", " "), justify="left" if column == "kind" else "right")
    table.add_column("what is wrong or held", overflow="fold")
    for entity in state["entities"]:
        table.add_row(entity["path"], *(str(entity.get(column, "")) for column in columns), "\n".join(_remarks(entity)))
    show_table(table)
    if on := [f"{name}={value}" for name, value in state["faults"].items() if value]:
        say(f"faults switched on: {', '.join(on)}", "red")


def _remarks(entity: dict[str, Any], most: int = 3) -> Iterator[str]:
    held = entity.get("locks", [])
    dead = entity.get("dead", [])
    for lock in held[:most]:
        yield f"locked: {_named(lock)}, tried {lock['delivery_count']} times before"
    for message in dead[:most]:
        said = ": ".join(words for words in (message["reason"], message["description"]) if words)
        yield f"dead: {_named(message)}: {said or 'no reason given'}"
    for session in entity.get("sessions", [])[:most]:
        yield f"session held: {session['id']}"


def _named(message: dict[str, Any]) -> str:
    return f"{message['message_id'] or 'no id'} (number {message['sequence_number']})"
