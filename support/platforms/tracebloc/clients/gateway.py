"""A gateway between one data scientist's SDK and the real platform: it answers chosen requests itself and passes all others on.

Source: our choice; what it answers is what the tracebloc SDK's contract says a platform may answer.
"""

import contextlib
import re
import socket
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import repeat
from typing import Any

from environments.network.direct_http import direct_client

# they belong to one connection, and the body is passed on in one piece
_NOT_PASSED_ON = ("connection", "keep-alive", "transfer-encoding", "content-length", "host", "date", "server")
_LONGEST_SILENCE = 60.0


@dataclass(frozen=True)
class Answer:
    """What the gateway answers in the platform's place."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    silent: bool = False
    """Take the request and say nothing until the gateway is closed."""
    hangs_up: bool = False
    """Close the connection without a word."""
    is_heard: bool = False
    """Pass the request on all the same: it arrives, and only its answer is another one."""


@dataclass(frozen=True)
class Endpoint:
    """Requests with this method whose path fits this pattern and whose body holds this text."""

    method: str
    path: str
    containing: str = ""

    def is_asked(self, method: str, path: str, body: bytes) -> bool:
        """Whether a request is for this endpoint."""
        return method == self.method and re.fullmatch(self.path, path.partition("?")[0]) is not None and self.containing.encode() in body


class Gateway:
    """Listens on a loopback port; `asked` counts the requests that it answered itself since the last `answer`."""

    def __init__(self, backend_url: str) -> None:
        self.backend = direct_client(backend_url.rstrip("/"), timeout=60.0)
        self.asked = 0
        self.user_agent: str | None = None
        self.closing = threading.Event()
        self._rule: tuple[Endpoint, Iterator[Answer]] | None = None
        gateway = self

        class Handler(_Handler):
            served = gateway

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="gateway", daemon=True).start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def answer(self, endpoint: Endpoint, answer: Answer) -> None:
        """Answer one endpoint like this from now on."""
        self.asked, self._rule = 0, (endpoint, repeat(answer))

    def answer_first(self, endpoint: Endpoint, answers: Iterable[Answer]) -> None:
        """Answer the next requests for one endpoint like this, one after the other, and pass on what comes after them."""
        self.asked, self._rule = 0, (endpoint, iter(answers))

    def pass_everything_on(self) -> None:
        """Answer nothing itself any more."""
        self._rule = None

    def own_answer(self, method: str, path: str, body: bytes) -> Answer | None:
        """What it answers to a request itself; None when it is to be passed on."""
        if self._rule is None or not self._rule[0].is_asked(method, path, body):
            return None
        answer = next(self._rule[1], None)
        self.asked += answer is not None
        return answer

    def close(self) -> None:
        """Stop listening; requests that are still waited for are hung up on."""
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self.backend.close()


class _Handler(BaseHTTPRequestHandler):
    """One connection of the SDK."""

    served: Gateway
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """See `_serve`."""
        self._serve()

    def do_POST(self) -> None:
        """See `_serve`."""
        self._serve()

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing: the scenario's story tells what was answered."""

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        own = self.served.own_answer(self.command, self.path, body)
        if own is None:
            self._pass_on(body)
        elif own.silent or own.hangs_up:
            if own.is_heard:
                self.served.backend.request(self.command, self.path, content=body, headers=self._passed_on())
            if own.silent:
                self.served.closing.wait(_LONGEST_SILENCE)
            self.close_connection = True
            with contextlib.suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)
        else:
            self._send(own.status, {"Content-Type": own.content_type, **own.headers}, own.body)

    def _pass_on(self, body: bytes) -> None:
        with self.served.backend.stream(self.command, self.path, content=body, headers=self._passed_on()) as response:
            # as it is on the wire, since the headers say how it is encoded
            content = b"".join(response.iter_raw())
            passed_on = {name: value for name, value in response.headers.items() if name.lower() not in _NOT_PASSED_ON}
        self._send(response.status_code, passed_on, content)

    def _passed_on(self) -> dict[str, str]:
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _NOT_PASSED_ON}
        return headers if self.served.user_agent is None else headers | {"User-Agent": self.served.user_agent}

    def _send(self, status: int, headers: Mapping[str, str], content: bytes) -> None:
        phrase = HTTPStatus(status).phrase
        self.send_response(status, phrase)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
