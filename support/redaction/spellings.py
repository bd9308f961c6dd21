"""The ways in which a secret that is known may be written; imported when there is one."""

import base64
import html
import json
from collections.abc import Callable
from urllib.parse import quote

SHORTEST_ENCODED = 8

WAYS: dict[str, tuple[Callable[[str], str], ...]] = {
    "": (str,),
    "%": (
        lambda secret: quote(secret, errors="replace"),
        lambda secret: quote(secret, safe="", errors="replace"),
        lambda secret: quote(quote(secret, safe="", errors="replace"), safe=""),
    ),
    "\\": (
        lambda secret: json.dumps(secret)[1:-1],
        lambda secret: repr(secret)[1:-1],
        lambda secret: json.dumps(json.dumps(secret)[1:-1])[1:-1],
        lambda secret: json.dumps(secret).replace("/", "\\/")[1:-1],
    ),
    "&": (html.escape, lambda secret: html.escape(secret, quote=False), lambda secret: html.escape(html.escape(secret))),
}
"""How a secret may be written, by what such a text holds."""


def encoded(secret: str) -> list[str]:
    """What of it is always the same, wherever it stands in what is encoded in base64, and it in hexadecimal digits."""
    content = secret.encode(errors="replace")
    pieces = {content.hex(), content.hex().upper()}
    for before in range(3):
        known_bits = 8 * (before + len(content))
        encoded = base64.b64encode(b"\0" * before + content)
        piece = encoded[(8 * before + 5) // 6 : known_bits // 6].decode()
        pieces |= {piece, piece.replace("+", "-").replace("/", "_")}
    return [piece for piece in pieces if len(piece) >= SHORTEST_ENCODED]
