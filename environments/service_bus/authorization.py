"""Shared access signatures: who may use which queue, and until when.

Source: Azure's public SAS format, `SharedAccessSignature sr=<resource>&sig=<HMAC-SHA256>&se=<expiry>&skn=<key name>`.
"""

import base64
import hashlib
import hmac
import time
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

PREFIX = "SharedAccessSignature "


class InvalidToken(Exception):
    """A token that gives no access; the text says why and holds nothing of the token."""


@dataclass(frozen=True, slots=True)
class Grant:
    """Access to a path and everything below it, until a time in seconds since 1970."""

    path: str
    until: float


@dataclass(frozen=True, slots=True)
class SharedAccessKey:
    """The one key of the bus; it may send, listen and manage."""

    name: str
    key: str = field(repr=False)

    def check(self, token: str) -> Grant:
        """What a token gives access to; raises InvalidToken."""
        if not token.startswith(PREFIX):
            raise InvalidToken("The token is not a shared access signature.")
        parts = dict(part.partition("=")[::2] for part in token.removeprefix(PREFIX).split("&"))
        resource, expiry = parts.get("sr", ""), parts.get("se", "")
        digest = hmac.new(self.key.encode(), f"{resource}\n{expiry}".encode(), hashlib.sha256).digest()
        signature = unquote(parts.get("sig", "")).encode()
        if parts.get("skn") != self.name or not hmac.compare_digest(signature, base64.b64encode(digest)):
            raise InvalidToken("InvalidSignature: The token has an invalid signature.")
        if not expiry.isdecimal() or float(expiry) <= time.time():
            raise InvalidToken("ExpiredToken: The token is expired.")
        return Grant(path_of(unquote(resource)), float(expiry))


def path_of(address: str) -> str:
    """The path of an entity in an address, which may be a full URI."""
    return (urlsplit(address).path if "://" in address else address).strip("/")


class Grants:
    """What one connection may use: the tokens that were put on its `$cbs` node."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}

    def add(self, grant: Grant) -> None:
        """Remember a grant; a later one for the same path replaces it."""
        self._until[grant.path.lower()] = grant.until

    def allow(self, path: str) -> bool:
        """Whether one of the grants covers the path now."""
        wanted, now = path.lower(), time.time()
        return any(until > now and (f"{wanted}/".startswith(f"{granted}/") or not granted) for granted, until in self._until.items())
