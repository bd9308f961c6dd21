"""As much of HTTP/1.1 as the administration client and the control port need. Source: RFC 9112."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import parse_qs, unquote, urlsplit

from ..errors import MalformedPeer

LONGEST_HEAD = 16 * 1024
LARGEST_BODY = 1 << 20
LONGEST_LENGTH = 20
METHODS = ("GET", "PUT", "POST", "DELETE")


@dataclass(frozen=True, slots=True)
class Request:
    """One request; field names are in lower case."""

    method: str
    target: str
    fields: dict[str, str]
    body: bytes = b""

    @property
    def path(self) -> str:
        """The path without its slashes at both ends."""
        return unquote(urlsplit(self.target).path).strip("/")

    def query(self, name: str, default: str) -> str:
        """One parameter of the query."""
        return parse_qs(urlsplit(self.target).query).get(name, [default])[0]


@dataclass(frozen=True, slots=True)
class Response:
    """One answer."""

    status: int
    body: bytes = b""
    content_type: str = "application/json"
    fields: dict[str, str] = field(default_factory=dict)

    def encoded(self) -> bytes:
        """The bytes on the wire."""
        lines = [
            f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}",
            f"Content-Type: {self.content_type}",
            f"Content-Length: {len(self.body)}",
            *(f"{name}: {value}" for name, value in self.fields.items()),
        ]
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + self.body


def read_head(start: bytes) -> tuple[Request, bytes] | None:
    """The head of a request and what follows it; None if it is not all there yet. Raises MalformedPeer."""
    head, end, rest = start.partition(b"\r\n\r\n")
    if not end:
        if len(start) > LONGEST_HEAD or not any(method.encode().startswith(start[:3]) for method in METHODS):
            raise MalformedPeer("neither AMQP nor an HTTP request")
        return None
    line, *lines = head.decode("latin-1").split("\r\n")
    method, _, remaining = line.partition(" ")
    target, _, version = remaining.partition(" ")
    if method not in METHODS or not version.startswith("HTTP/1.") or len(head) > LONGEST_HEAD:
        raise MalformedPeer("neither AMQP nor an HTTP request")
    try:
        urlsplit(target)
    except ValueError as error:
        raise MalformedPeer(f"an HTTP request for what is no address: {error}") from error
    fields = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return Request(method, target, fields), rest


class HttpConnection:
    """The requests of one client, one after the other."""

    def __init__(self, transport: asyncio.Transport, answer: Callable[[Request], Response]) -> None:
        self._transport = transport
        self._answer = answer
        self._buffer = b""

    def receive(self, data: bytes) -> None:
        """Take in what the peer sent; raises MalformedPeer."""
        self._buffer += data
        while self._buffer and (found := read_head(self._buffer)):
            head, rest = found
            length = head.fields.get("content-length", "0")
            # Python refuses to read thousands of digits
            if not length.isdecimal() or len(length) > LONGEST_LENGTH or int(length) > LARGEST_BODY or "transfer-encoding" in head.fields:
                raise MalformedPeer(f"an HTTP request without a body of at most {LARGEST_BODY} bytes")
            if len(rest) < int(length):
                return
            self._buffer = rest[int(length) :]
            request = Request(head.method, head.target, head.fields, rest[: int(length)])
            self._transport.write(self._answer(request).encoded())
            if head.fields.get("connection", "").lower() == "close":
                self._transport.close()
                return
