"""Texts as results hold them: without secrets, and such that every report can be written with them. Here, and nowhere else."""

from support.redaction import redact


def presentable(text: str) -> str:
    """The text without secrets and e-mail addresses; half a character (a lone surrogate, which no encoding has) becomes a `?`."""
    safe = redact(text)
    return safe if safe.isascii() else safe.encode(errors="replace").decode()
