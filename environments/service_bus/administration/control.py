"""The control port: faults on and off, and a look inside, over HTTP with JSON. Source: our choice.

GET    /healthz                                 the bus is there; for this no key is needed
GET    /state                                   what `inspection` says
PUT    /faults/outage                           new connections are refused, open ones dropped
PUT    /faults/silent                           connections are taken and never answered
PUT    /faults/busy                             sends and requests are answered with "server busy"
PUT    /faults/slow  {"seconds": 0.5}           everything that clients send is late
PUT    /faults/lose  {"what": "settlement" | "answer" | "acceptance", "count": 1}
POST   /faults/drop-connections                 all connections end abruptly, and may come back
POST   /faults/expire-locks  {"entity": "..."}  the time of every lock on a queue's messages is up
DELETE /faults/<name>, DELETE /faults           the fault, or every fault, is over

Every request but the first needs the key of the namespace, `Authorization: Bearer <SERVICE_BUS_KEY>`, and none may come from a web page
of another origin.

`busy` and `lose` take an "entity", too, when they are on and off: the fault is at that queue or topic alone.
"""

import asyncio
import hmac
import json
import logging
from collections.abc import Callable, Coroutine
from typing import Any, Protocol, cast

from ..bus import Bus
from ..errors import MalformedPeer, Refusal
from ..faults import EVERYWHERE, Loss
from ..transports.http import HttpConnection, Request, Response
from ..transports.peers import PeerProtocol
from .inspection import inspect

log = logging.getLogger(__name__)

LONGEST_DELAY, MOST_LOST = 60.0, 1_000_000


class Controlled(Protocol):
    """The server, as far as it is controlled from here."""

    bus: Bus

    def interrupt(self) -> None:
        """Begin an outage."""

    def resume(self) -> Coroutine[Any, Any, None]:
        """End an outage."""

    def drop_connections(self, which: Callable[[PeerProtocol], bool]) -> int:
        """End connections without a word; returns how many."""


class Control:
    """Answers the requests of the control port."""

    def __init__(self, server: Controlled) -> None:
        self._server = server
        self._faults = server.bus.faults
        self._resuming: asyncio.Task[None] | None = None

    def answer(self, request: Request) -> Response:
        """One answer; a request that makes no sense is status 400 with words, one without the key 401."""
        if refused := self._refuse_stranger(request):
            return refused
        try:
            return self._answer(request.method, request.path.split("/"), request)
        except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError, RecursionError) as error:
            return _json(400, {"message": f"{request.method} /{request.path}: {error}"})

    def _refuse_stranger(self, request: Request) -> Response | None:
        # a browser says where a request comes from, and no client of ours is a web page
        if "origin" in request.fields or request.fields.get("sec-fetch-site", "none") != "none":
            log.warning("refused a request of the web page %s", request.fields.get("origin", ""))
            return _json(403, {"message": "requests of web pages are refused"})
        if (request.method, request.path) == ("GET", "healthz"):
            return None
        scheme, _, key = request.fields.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and hmac.compare_digest(key.strip().encode(), self._server.bus.access_key.key.encode()):
            return None
        log.warning("refused a request without the key: %s /%s", request.method, _one_line(request.path))
        words = "the control port needs the key of the bus: Authorization: Bearer <SERVICE_BUS_KEY>"
        return _json(401, {"message": words}, {"WWW-Authenticate": "Bearer"})

    def _answer(self, method: str, path: list[str], request: Request) -> Response:
        match method, path:
            case "GET", ["healthz"]:
                return _json(200, {"status": "ok"})
            case "GET", ["state"]:
                return _json(200, inspect(self._server.bus))
            case "POST", ["faults", "drop-connections"]:
                dropped = self._server.drop_connections(lambda _peer: True)
                log.warning("fault: %d connections dropped", dropped)
                return _json(200, {"dropped": dropped})
            case "POST", ["faults", "expire-locks"]:
                return _json(200, {"expired": self._expire_locks(json.loads(request.body)["entity"])})
            case "PUT", ["faults", name]:
                self._switch_on(name, json.loads(request.body or b"{}"))
                log.warning("fault on: %s %s", _one_line(name), _one_line(request.body.decode("utf-8", "replace")))
                return _json(200, {"on": name})
            case "DELETE", ["faults"]:
                self._faults.clear()
                for name in ("outage", "silent"):
                    self._switch_off(name, {})
                log.warning("all faults off")
                return _json(200, {"off": "all"})
            case "DELETE", ["faults", name]:
                self._switch_off(name, json.loads(request.body or b"{}"))
                log.warning("fault off: %s %s", _one_line(name), _one_line(request.body.decode("utf-8", "replace")))
                return _json(200, {"off": name})
        return _json(404, {"message": f"there is no {method} /{request.path}"})

    def _switch_on(self, name: str, details: dict[str, Any]) -> None:
        match name:
            case "outage":
                self._server.interrupt()
            case "silent":
                self._faults.silent = True
            case "busy":
                self._faults.busy.add(_path(details))
            case "slow":
                self._faults.slow_seconds = _between(float(details["seconds"]), LONGEST_DELAY)
            case "lose":
                self._faults.to_lose[Loss(details["what"]), _path(details)] = int(_between(int(details.get("count", 1)), MOST_LOST))
            case _:
                raise ValueError(f"'{name}' is not a fault")

    def _expire_locks(self, path: str) -> int:
        try:
            expired = self._server.bus.namespace.queue(path).locks.expire_all()
        except Refusal as refusal:
            raise ValueError(refusal.description) from refusal
        log.warning("fault: %d locks of %s expired", expired, path)
        return expired

    def _switch_off(self, name: str, details: dict[str, Any]) -> None:
        match name:
            case "outage":
                self._resuming = asyncio.get_running_loop().create_task(self._server.resume())
            case "silent":
                self._faults.silent = False
                # what they have sent was not read, so they cannot go on
                self._server.drop_connections(lambda peer: peer.was_ignored)
            case "busy":
                self._faults.busy.discard(_path(details))
            case "slow":
                self._faults.slow_seconds = 0.0
            case "lose":
                for loss in Loss:
                    self._faults.to_lose.pop((loss, _path(details)), None)
            case _:
                raise ValueError(f"'{name}' is not a fault")


def _one_line(text: str) -> str:
    # in the log nobody begins a line but the bus
    return " ".join(text.split())


def _path(details: dict[str, Any]) -> str:
    return str(details.get("entity", EVERYWHERE)).lower()


def _between(number: float, most: float) -> float:
    if not 0 < number <= most:
        raise ValueError(f"{number} is not above 0 and at most {most}")
    return number


def _json(status: int, value: Any, fields: dict[str, str] | None = None) -> Response:  # noqa: ANN401  (whatever JSON can hold)
    return Response(status, json.dumps(value).encode() + b"\n", fields=fields or {})


class ControlProtocol(asyncio.Protocol):
    """One client of the control port."""

    def __init__(self, control: Control) -> None:
        self._control = control
        self._transport: asyncio.Transport
        self._http: HttpConnection

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._http = HttpConnection(self._transport, self._control.answer)

    def data_received(self, data: bytes) -> None:
        try:
            self._http.receive(data)
        except MalformedPeer as error:
            log.warning("cut off a client of the control port: %s", error)
            self._transport.close()
