"""Texts as results hold them: without secrets, and such that every report can be written with them. Here, and nowhere else."""

from collections.abc import Sequence
from itertools import zip_longest

from support.redaction import HIDDEN, is_sensitive, redact


def presentable(text: str) -> str:
    """The text without secrets and e-mail addresses; half a character (a lone surrogate, which no encoding has) becomes a `?`."""
    if not text:
        return text
    safe = redact(text)
    return safe if safe.isascii() else safe.encode(errors="replace").decode()


def presentable_cell(heading: str, cell: str) -> str:
    """The cell of a table, hidden when it stands under `password` or the like."""
    return HIDDEN if is_sensitive(heading) else presentable(cell)


def presentable_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """The heading and the rows, without what stands under `password`, or beside it in a table of names and values.

    A step may have changed them: whatever it left there is shown.
    """
    pairs = len(headings) == 2
    shown = [tuple(map(presentable, headings))]
    for row in rows:
        beside = pairs and _is_name_of_secret(row[0])
        cells = [presentable_cell(heading, cell) for heading, cell in zip_longest(headings, row, fillvalue="")]
        shown.append((cells[0], HIDDEN) if beside else tuple(cells))
    if pairs and _is_name_of_secret(headings[0]):
        # a table without a heading: what stands there is the first pair
        shown[0] = (shown[0][0], HIDDEN)
    return tuple(shown)


def _is_name_of_secret(text: str) -> bool:
    return " " not in text and is_sensitive(text)
