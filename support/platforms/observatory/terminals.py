"""Acts with terminals: servers with settings of their own, connections to them, and coming back to a session."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from hamcrest import has_length, is_not
from pydantic import SecretStr

from environments.errors import WrongScenario
from environments.platforms.observatory.web_terminal_service import BEARER, METRICS, NAME, web_terminal
from environments.services import Group
from support.platforms.observatory.clients.http import HttpService
from support.platforms.observatory.clients.terminal import TerminalConnection, Ticket
from support.platforms.observatory.counters import NAMES
from support.platforms.observatory.scene import Scene
from support.redaction import learn_secret
from support.waiting import eventually

SETTINGS: Mapping[str, str] = {
    "sessions of one address": "PTY_PER_IP_CAP",
    "sessions in all": "PTY_GLOBAL_CAP",
    "seconds to come back": "PTY_DISCONNECT_GRACE_SECS",
    "seconds that a token is good": "PTY_TOKEN_TTL_SECS",
    "seconds of doing nothing": "PTY_IDLE_TIMEOUT_SECS",
    "program": "PTY_TUI_BINARY",
    "frames kept": "PTY_RING_MAX_FRAMES",
    "bytes kept": "PTY_RING_MAX_BYTES",
    "read-only": "PTY_READ_ONLY",
    "test mode": "PTY_TEST_MODE",
    "bearer token": "",
}
"""What scenarios may set, and the variable; a bearer token is a secret of the scenario's own."""

KEYS: Mapping[str, str] = {"Enter": "\r", "Backspace": "\x7f", "Escape": "\x1b"}
"""As terminals send them."""
FIGURES = re.compile(r"Total (\d+)  Completed (\d+)  Failed (\d+)")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@dataclass
class TerminalServer:
    """One that runs, and who is connected to it, by what the scenario calls them."""

    url: str
    metrics: HttpService
    service: str
    bearer: str = ""
    connections: dict[str, TerminalConnection] = field(default_factory=dict)

    def of(self, who: str) -> TerminalConnection:
        """Somebody's connection; raises WrongScenario."""
        if who not in self.connections:
            raise WrongScenario(f"{who} has opened no terminal. There are: {', '.join(self.connections) or 'none'}")
        return self.connections[who]


def shared_server(scene: Scene) -> TerminalServer:
    """The platform's own, which other scenarios use too."""
    scene.substrate.wait_until_ready(NAME)
    metrics = HttpService(scene.substrate.address(NAME, METRICS).url, NAME)
    scene.at_the_end.append(metrics.close)
    return TerminalServer(scene.substrate.address(NAME).url, metrics, NAME)


def start_server(scene: Scene, chosen: Mapping[str, str]) -> TerminalServer:
    """One of the scenario's own; raises WrongScenario for what cannot be set."""
    unknown = [name for name in chosen if name not in SETTINGS]
    if unknown:
        raise WrongScenario(f"a terminal server has no '{unknown[0]}'. There are: {', '.join(SETTINGS)}")
    asks = "bearer token" in chosen
    variables = {SETTINGS[name]: value for name, value in chosen.items() if SETTINGS[name]}
    bearer = scene.names.password() if asks else ""
    secrets = {BEARER: SecretStr(bearer)} if asks else {}
    if asks:
        learn_secret(bearer)
    services = tuple(scene.with_own_parts([web_terminal(variables, bearer=asks)]))
    group = scene.substrate.add_group(Group(scene.names.unique("terminal"), services, secrets))
    scene.at_the_end.append(group.remove)
    group.start()
    metrics = HttpService(group.address(NAME, METRICS).url, NAME)
    scene.at_the_end.append(metrics.close)
    return TerminalServer(group.address(NAME).url, metrics, f"{NAME}-{group.name}", bearer)


def connect(scene: Scene, server: TerminalServer, who: str, **how: str) -> TerminalConnection:
    """Open a terminal, and wait until somebody is told anything."""
    connection = TerminalConnection(server.url, **how)
    scene.at_the_end.append(connection.close)
    server.connections[who] = connection
    eventually(f"{who} to be told anything", lambda: connection.messages, is_not(has_length(0)))
    return connection


def open_terminal(scene: Scene, server: TerminalServer, who: str, **how: str) -> TerminalConnection:
    """Open a terminal, and wait for the session and the dashboard."""
    connection = connect(scene, server, who, **how)
    eventually(f"the dashboard that {who} sees", lambda: "Q quit" in connection.written, lambda seen: seen)
    return connection


def come_back(scene: Scene, server: TerminalServer, who: str, ticket: Ticket, **how: str) -> TerminalConnection:
    """Come back to the session that was left."""
    query = {"session": ticket.session, "token": ticket.token, "last_seq": str(ticket.seen)}
    return connect(scene, server, who, **query, **how)


def leave(server: TerminalServer, who: str) -> None:
    """Lose the connection, and wait until the server has noticed."""
    before = disconnected(server)
    server.of(who).close()
    eventually("the server to notice who left", lambda: disconnected(server), lambda now: now > before)


def disconnected(server: TerminalServer) -> float:
    """How many sessions wait for their owner."""
    return server.metrics.sample("pty_sessions_disconnected") or 0.0


def figures_shown(connection: TerminalConnection) -> dict[str, int]:
    """The platform's figures that were drawn last; empty before the first ones."""
    drawn = FIGURES.findall(COLOUR.sub("", connection.written))
    return dict(zip(NAMES, map(int, drawn[-1]), strict=True)) if drawn else {}


def limit_told(log: str, limit: str) -> float | None:
    """What the server says of a limit (see SETTINGS) at its start; None when it says nothing."""
    found = re.search(rf"'{SETTINGS[limit].lower()}': ([0-9.]+)", log)
    return float(found.group(1)) if found else None
