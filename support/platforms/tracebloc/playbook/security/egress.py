"""Trying the one way out of a secure environment. Source: tracebloc client chart 1.9.62 (its allow-list)."""

import socket
from collections.abc import Mapping
from typing import Any

from environments.services import Address

PATIENCE_SECONDS = 10.0
LET_THROUGH, REFUSED = "200", "403"


def is_let_through(address: Address, asked: Mapping[str, Any]) -> bool:
    """Whether a proxy opens the way to a host and port; raises AssertionError for an answer that is neither yes nor no."""
    target = f"{asked['to']}:{asked['port']}" if asked["asked as"] == "CONNECT" else f"http://{asked['to']}:{asked['port']}/"
    with socket.create_connection((address.host, address.port), PATIENCE_SECONDS) as connection:
        connection.sendall(f"{asked['asked as']} {target} HTTP/1.1\r\nHost: {asked['to']}\r\n\r\n".encode())
        status = connection.makefile("rb").readline().decode("latin-1").split(" ")[1]
    if status not in (LET_THROUGH, REFUSED):
        raise AssertionError(f"the way to {asked['to']} is answered with {status}")
    return status == LET_THROUGH
