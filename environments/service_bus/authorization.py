"""Shared access signatures: who may do what with which entity, and until when.

Source: Azure's public SAS format, `SharedAccessSignature sr=<resource>&sig=<HMAC-SHA256>&se=<expiry>&skn=<key name>`.
"""

import base64
import hashlib
import hmac
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import unquote

PREFIX = "SharedAccessSignature "


class Right(StrEnum):
    """What a key allows. Source: Azure Service Bus's access rights."""

    LISTEN = "Listen"
    SEND = "Send"
    MANAGE = "Manage"


EVERY_RIGHT = frozenset(Right)


class InvalidToken(Exception):
    """A token that gives no access; the text says why and holds nothing of the token."""


@dataclass(frozen=True, slots=True)
class Grant:
    """Rights to a path and everything below it, until a time in seconds since 1970."""

    path: str
    until: float
    rights: frozenset[Right] = EVERY_RIGHT


class Token:
    """A shared access signature taken apart; nothing in it is checked yet."""

    def __init__(self, text: str) -> None:
        """Take a token apart; raises InvalidToken if it is something else."""
        if not text.startswith(PREFIX):
            raise InvalidToken("The token is not a shared access signature.")
        parts = dict(part.partition("=")[::2] for part in text.removeprefix(PREFIX).split("&"))
        self.resource, self.expiry = parts.get("sr", ""), parts.get("se", "")
        self.key_name = unquote(parts.get("skn", ""))
        self.signature = unquote(parts.get("sig", "")).encode()

    @property
    def path(self) -> str:
        """The path of the entity that the token is for; empty for the whole namespace."""
        return path_of(unquote(self.resource))

    def granted_by(self, keys: "Iterable[SharedAccessKey]") -> Grant:
        """What the token gives access to, if one of the keys has signed it; raises InvalidToken."""
        signer = next((key for key in keys if key.has_signed(self)), None)
        if signer is None:
            raise InvalidToken("InvalidSignature: The token has an invalid signature.")
        if not self.expiry.isdecimal() or float(self.expiry) <= time.time():
            raise InvalidToken("ExpiredToken: The token is expired.")
        return Grant(self.path, float(self.expiry), signer.rights)


@dataclass(frozen=True, slots=True)
class SharedAccessKey:
    """A key of the namespace or of one entity; its holder may do there what its rights say. Azure calls it an authorization rule."""

    name: str
    key: str = field(repr=False)
    secondary_key: str = field(default="", repr=False)
    rights: frozenset[Right] = EVERY_RIGHT

    def check(self, token: str) -> Grant:
        """What a token that is signed with this key gives access to; raises InvalidToken."""
        return Token(token).granted_by((self,))

    def has_signed(self, token: Token) -> bool:
        """Whether the token is signed with this key or with the secondary one."""
        if token.key_name != self.name:
            return False
        signed = f"{token.resource}\n{token.expiry}".encode()
        digests = [hmac.new(key.encode(), signed, hashlib.sha256).digest() for key in (self.key, self.secondary_key) if key]
        return any(hmac.compare_digest(token.signature, base64.b64encode(digest)) for digest in digests)


def path_of(address: str) -> str:
    """The path of an entity in an address, which may be a full URI."""
    # not `urlsplit`: what comes after `?` and `#` is part of a name that no entity can have
    return (address.partition("://")[2].partition("/")[2] if "://" in address else address).strip("/")


class Grants:
    """What one connection may use: the tokens that were put on its `$cbs` node."""

    def __init__(self) -> None:
        self._grants: dict[str, Grant] = {}

    def add(self, grant: Grant) -> None:
        """Remember a grant; a later one for the same path replaces it."""
        self._grants[grant.path.lower()] = grant

    def allow(self, path: str, right: Right | None = None) -> bool:
        """Whether one of the grants covers the path now, and gives this right to it."""
        wanted, now = f"{path.lower()}/", time.time()
        return any(
            grant.until > now and (not granted or wanted.startswith(f"{granted}/")) and (right is None or right in grant.rights)
            for granted, grant in self._grants.items()
        )
