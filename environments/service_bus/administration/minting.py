"""A key of one queue or topic, made over the bus's plain port: Azure's own administration client insists on TLS.

Source: Azure Service Bus's REST API, "update queue" with `AuthorizationRules`.
"""

import base64
import hashlib
import hmac
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import quote, quote_plus, urlsplit
from xml.etree.ElementTree import Element, SubElement

from ..authorization import Right
from .atom import ATOM, INSTANCE, SERVICE_BUS

# seconds; a token for one request
TOKEN_LIFE, DEADLINE = 60, 10.0
VERSION = "?api-version=2021-05"


OF_THE_MOMENT = frozenset(("AccessedAt", "CreatedAt", "MessageCount", "SizeInBytes", "UpdatedAt"))
"""What a description says besides settings."""


class CannotMint(Exception):
    """The bus did not make the key; says why."""


def mint_access_key(connection_string: str, path: str, key_name: str, rights: Iterable[Right], forward_to: str | None = None) -> str:
    """A connection string whose key opens only the queue or topic of this path, and only for these rights.

    Makes the queue if there is none. Keeps a key that has this name already and returns its connection string, so asking twice is one key.

    Args:
        connection_string: of the whole namespace.
        path: of the queue or topic.
        key_name: how the key is called.
        rights: `Listen`, `Send`, or all three for `Manage`.
        forward_to: where a queue that is made here sends its messages on to.

    Raises:
        CannotMint: the bus cannot be reached, or refuses.
    """
    parts = _parts(connection_string)
    namespace = _Namespace(parts)
    entry = namespace.read(path)
    description = _description(entry) if entry is not None else _new_queue(forward_to)
    if (key := _key(description, key_name)) is None:
        _add_rule(description, key_name, rights)
        key = _key(_description(namespace.write(path, description, is_new=entry is None)), key_name)
    mine = parts | {"SharedAccessKeyName": key_name, "SharedAccessKey": key or "", "EntityPath": path}
    return ";".join(f"{name}={value}" for name, value in mine.items())


def remove_queue(connection_string: str, path: str) -> None:
    """Remove a queue with its keys; whoever is connected to it is sent away. There may be none. Raises CannotMint."""
    _Namespace(_parts(connection_string)).remove(path)


def settings_of(connection_string: str, path: str) -> dict[str, str]:
    """How a queue behaves, by the names of Azure's management API; empty when there is none. Raises CannotMint."""
    entry = _Namespace(_parts(connection_string)).read(path)
    if entry is None:
        return {}
    named = {one.tag.rpartition("}")[2]: (one.text or "").strip() for one in _description(entry) if not len(one)}
    return {name: value for name, value in named.items() if value and name not in OF_THE_MOMENT}


def dead_letters_in(connection_string: str, path: str) -> int:
    """How many messages of a queue are put aside; 0 when there is none. Raises CannotMint."""
    entry = _Namespace(_parts(connection_string)).read(path)
    counts = _description(entry).iter() if entry is not None else ()
    return sum(int(one.text or 0) for one in counts if one.tag.rpartition("}")[2] == "DeadLetterMessageCount")


def _parts(connection_string: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in connection_string.split(";") if part)


class _Namespace:
    """The administration API of one bus."""

    def __init__(self, parts: dict[str, str]) -> None:
        self._endpoint = urlsplit(parts["Endpoint"])
        self._kind = HTTPConnection if parts.get("UseDevelopmentEmulator") == "true" else HTTPSConnection
        self._key_name, self._key = parts["SharedAccessKeyName"], parts["SharedAccessKey"]

    def read(self, path: str) -> Element | None:
        """The entry of an entity; None when there is none."""
        return self._ask("GET", path, b"", {})

    def write(self, path: str, description: Element, *, is_new: bool) -> Element:
        """Make or change an entity; returns its entry."""
        entry = Element(f"{{{ATOM}}}entry")
        SubElement(entry, f"{{{ATOM}}}content", {"type": "application/xml"}).append(description)
        written = self._ask("PUT", path, ElementTree.tostring(entry), {} if is_new else {"If-Match": "*"})
        if written is None:
            raise CannotMint(f"the Service Bus has no '{path}' any more")
        return written

    def remove(self, path: str) -> None:
        """Remove an entity, if there is one."""
        self._ask("DELETE", path, b"", {})

    def _ask(self, method: str, path: str, body: bytes, fields: dict[str, str]) -> Element | None:
        connection = self._kind(self._endpoint.hostname or "", self._endpoint.port, timeout=DEADLINE)
        try:
            connection.request(method, f"/{quote(path)}{VERSION}", body or None, {"Authorization": self._token(), **fields})
            answer = connection.getresponse()
            status, said = answer.status, answer.read()
        except (OSError, HTTPException) as error:
            raise CannotMint(f"the Service Bus at {self._endpoint.netloc} does not answer: {error}") from error
        finally:
            connection.close()
        if status == HTTPStatus.NOT_FOUND:
            return None
        if status not in (HTTPStatus.OK, HTTPStatus.CREATED):
            words = ElementTree.fromstring(said).findtext("Detail") if said.startswith(b"<Error") else ""  # noqa: S314
            raise CannotMint(f"the Service Bus refuses a key of '{path}': {status} {words}".rstrip())
        try:
            return ElementTree.fromstring(said) if said else None  # noqa: S314 - the bus is ours
        except ElementTree.ParseError as error:
            raise CannotMint(f"what answers at {self._endpoint.netloc} is no Service Bus: {error}") from error

    def _token(self) -> str:
        resource, expiry = quote_plus(f"sb://{self._endpoint.netloc}/"), int(time.time()) + TOKEN_LIFE
        digest = hmac.new(self._key.encode(), f"{resource}\n{expiry}".encode(), hashlib.sha256).digest()
        return f"SharedAccessSignature sr={resource}&sig={quote_plus(base64.b64encode(digest))}&se={expiry}&skn={self._key_name}"


def _named(name: str) -> str:
    return f"{{{SERVICE_BUS}}}{name}"


def _new_queue(forward_to: str | None) -> Element:
    description = Element(_named("QueueDescription"))
    if forward_to is not None:
        SubElement(description, _named("ForwardTo")).text = forward_to
    return description


def _description(entry: Element) -> Element:
    content = entry.find(f"{{{ATOM}}}content")
    if content is None or not len(content):
        raise CannotMint("the Service Bus describes nothing")
    return content[0]


def _key(description: Element, name: str) -> str | None:
    rules = description.findall(f"{_named('AuthorizationRules')}/{_named('AuthorizationRule')}")
    return next((rule.findtext(_named("PrimaryKey")) for rule in rules if rule.findtext(_named("KeyName")) == name), None)


def _add_rule(description: Element, name: str, rights: Iterable[Right]) -> None:
    rules = description.find(_named("AuthorizationRules"))
    if rules is None:
        rules = SubElement(description, _named("AuthorizationRules"))
    rule = SubElement(rules, _named("AuthorizationRule"), {f"{{{INSTANCE}}}type": "SharedAccessAuthorizationRule"})
    wanted = SubElement(rule, _named("Rights"))
    for right in rights:
        SubElement(wanted, _named("AccessRights")).text = right
    SubElement(rule, _named("KeyName")).text = name
