"""Secrets in tables: what stands under or beside a sensitive name, in Markdown, CSV, tab-separated, aligned and SQL's forms.

Source: our choice; a heading is a cell that is a name and nothing else, so that prose with commas is no table. Only the first may stand
behind other words, as in a log or a headline.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from support.redaction.assignments import is_harmless, is_sensitive, may_name_secrets
from support.redaction.spans import HIDDEN, Span

LONGEST_LINE = 2000
"""Characters of a line that may be the heading of a table."""
_NAME = re.compile(r"[\"'`*]*([^\W\d][\w .-]{0,39}?)[\"'`*]*")
_BEFORE = re.compile(r".*(?:[:>\])]\s*|\s-\s)")
"""Of the words that a log or an error puts in front of a text."""
_RULE = re.compile(r"[\s|:+=-]*")
_NUMBER = re.compile(r"[\d.,e%+-]*")
_NAME_OF_WORDS = (
    r"(?i)(?:(?:access|account|admin|api|client|connection|database|db|master|new|old|private|secret|shared|signing|storage|user|your) )+"
    r"(?:key|password|secret|string|token)"
)
_FIGURES = ("token", "key", "signature", "cookie")
"""Names of columns that hold figures as well: tokens seen in training."""
_INSERT = (
    r"(?i)\binsert\s+into\b[^()\n]{0,200}\((?P<columns>[^()]{1,2000})\)\s*values\b"
    r"(?P<rows>[\s\S]{1,4000}?(?=;|\binsert\s+into\b|\Z)|[^\n]{1,4000})"
)
_QUOTED = r"'(?P<value>(?:[^'\\\n]|''|\\.)+)'"
_ASSIGNED = r"(?i)\bset\s+password\b[^\n=]{0,200}=\s*(?:password\()?['\"](?P<value>[^'\"\n]+)"
_MARKUP_ROW = r"(?is)<tr\b[^<>]*>(.*?)</tr>"
_MARKUP_CELL = r"(?is)<t[hd]\b[^<>]*>\s*(.*?)\s*</t[hd]>"
CellsOf = Callable[[str], list[Span]]


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


class _Heading(NamedTuple):
    """Cells that are names. Rows stand below what begins `at` this place of the line."""

    cells: list[Span]
    names: list[str]
    at: int = 0
    is_sure: bool = True
    """Whether what stands below is a value, whatever it looks like."""


def secrets_in_tables(text: str, lower: str) -> list[Span]:
    """Where tables have what stands under or beside a sensitive name; `lower` is the same in lower case."""
    found: list[Span] = []
    if any(mark in text for mark in ("|", "\t", "  ")) or ("\n" in text and any(mark in text for mark in ",;")):
        found += _in_columns(text, lower)
    if "insert into" in lower or "set password" in lower:
        found += [one.span("value") for one in _compiled(_ASSIGNED).finditer(text)]
        found += [span for one in _compiled(_INSERT).finditer(text) for span in _inserted(one)]
    return [*found, *_in_markup(text)] if "</t" in lower else found


def _in_columns(text: str, lower: str) -> list[Span]:
    lines, begin = text.split("\n"), 0
    found: list[tuple[int, Span]] = []
    for number, (line, in_lower_case) in enumerate(zip(lines, lower.split("\n"), strict=True)):
        if number < begin or len(line) > LONGEST_LINE or not may_name_secrets(in_lower_case):
            continue
        for cells_of in _WAYS:
            if headings := _headings(line, cells_of):
                begin = _below(lines, number, headings, cells_of, found)
                break
    return _placed(lines, found)


def _placed(lines: Sequence[str], found: Sequence[tuple[int, Span]]) -> list[Span]:
    """Where in the text what was found in its lines is."""
    starts, at = [], 0
    for line in lines if found else ():
        starts.append(at)
        at += len(line) + 1
    return [(starts[number] + begin, starts[number] + end) for number, (begin, end) in found]


def _headings(line: str, cells_of: CellsOf) -> list[_Heading]:
    """What may be the heading in this line, if a name in it is sensitive: all of it, or what stands behind other words."""
    cells = cells_of(line)
    if len(cells) < 2:
        return []
    names = [_name(line[begin:end]) for begin, end in cells]
    is_named = any(map(_is_sensitive, names))
    if not is_named and not may_name_secrets(line[: cells[0][1]].lower()):
        return []
    last, at = _last_name(line, cells[0])
    if not is_named and not _is_sensitive(last):
        return []
    found = [_Heading(cells, names)] if is_named else []
    is_sure = cells_of in _SURE_WAYS
    if last and last != names[0] and (is_sure or cells_of is _aligned or line[cells[0][1] + 1 : cells[1][0]] == ""):
        behind = [(at, cells[0][1]), *cells[1:]]
        # each row may stand behind such words, too
        found += [_Heading(behind, [last, *names[1:]], place, is_sure) for place in ([0, at] if cells_of is _aligned else [0])]
    if (is_sure or cells_of is _aligned) and len(cells) > 2 and any(map(_is_sensitive, names[1:])):
        found.append(_Heading(cells[1:], names[1:], cells[1][0], is_sure))
    return found


def _last_name(line: str, cell: Span) -> tuple[str, int]:
    """The name at the end of a cell, behind other words, and where it begins; empty when there is none."""
    begin, end = cell
    before = _BEFORE.match(line, begin, end)
    begin = before.end() if before else begin
    if not (name := _name(line[begin:end])) or (before is None and " " in name):
        begin = max(begin, line.rfind(" ", begin, end) + 1)
        name = _name(line[begin:end])
    return name, begin


def _below(lines: Sequence[str], number: int, headings: Sequence[_Heading], cells_of: CellsOf, found: list[tuple[int, Span]]) -> int:
    """Finds what stands under and beside the sensitive names of this line; the number of the next line that may be a heading."""
    heading, rows, ends, is_ruled = headings[0], [], number + 1, False
    for each in headings:
        if all(each.names):
            read, after, ruled = _rows(lines, number + 1, each, cells_of)
            if read:
                heading, rows, ends, is_ruled = each, read, after, ruled
                break
    line, (cells, names, _, is_sure) = lines[number], heading
    is_pair = len(cells) == 2 and _is_sensitive(names[0]) and not _is_sensitive(names[1]) and not is_ruled
    if is_pair and _is_value(line[slice(*cells[1])], names[0], is_sure=cells_of in _SURE_WAYS):
        found.append((number, cells[1]))
    elif cells_of in _SURE_WAYS:
        beside = [(name, cell) for name, cell in zip(names, cells[1:], strict=False) if _is_sensitive(name)]
        found += [(number, cell) for name, cell in beside if _is_value(line[slice(*cell)], name, is_sure=False)]
    for at, under in rows:
        for name, cell in zip(names, under, strict=True):
            if _is_sensitive(name) and _is_value(lines[at][slice(*cell)], name, is_sure=is_sure and not is_pair):
                found.append((at, cell))
    return number + 1 if is_pair else ends


def _rows(lines: Sequence[str], begin: int, heading: _Heading, cells_of: CellsOf) -> tuple[list[tuple[int, list[Span]]], int, bool]:
    """The rows below a heading with their cells, the number of the line after them, and whether a line is drawn below the heading."""
    rows: list[tuple[int, list[Span]]] = []
    ends, is_ruled = begin, False
    while ends < len(lines) and lines[ends].strip():
        if _RULE.fullmatch(lines[ends]):
            is_ruled = is_ruled or not rows
        else:
            cells = _under(heading, lines[ends]) if cells_of is _aligned else cells_of(lines[ends])
            if len(cells) == len(heading.cells) + 1 and heading.at and cells_of is not _aligned:
                # it stands behind other words, as its heading does
                del cells[0]
            if len(cells) != len(heading.cells):
                break
            rows.append((ends, cells))
        ends += 1
    return rows, ends, is_ruled


@cache
def _cells_between(mark: str) -> CellsOf:
    """Says where the cells of a line are that has this mark between them; they may be in quotes."""
    pattern = re.compile(rf"\"(?:[^\"]|\"\")*\"|[^{re.escape(mark)}\n]+" if mark in ",;" else rf"[^{re.escape(mark)}\n]+")

    def cells(line: str) -> list[Span]:
        if mark not in line:
            return []
        found = [(one.start() + len(one[0]) - len(one[0].lstrip()), one.start() + len(one[0].rstrip())) for one in pattern.finditer(line)]
        return [(begin, end) for begin, end in found if begin < end]

    return cells


def _aligned(line: str) -> list[Span]:
    if "  " not in line:
        return []
    return [one.span() for one in _compiled(r"\S+(?: \S+)*").finditer(line)]


def _under(heading: _Heading, line: str) -> list[Span]:
    """The words of a line under the cells of an aligned heading; none if one of them does not begin where its heading does."""
    cells = []
    for begin in (begin - heading.at for begin, _ in heading.cells):
        if begin >= len(line) or (begin and line[begin - 1] != " "):
            return []
        word = _compiled(r"\S*(?: \S+)*").match(line, begin)
        cells.append(word.span() if word else (begin, begin))
    return cells


_SURE_WAYS = (_cells_between("|"), _cells_between("\t"))
"""Nobody writes prose so."""
_WAYS = (*_SURE_WAYS, _cells_between(","), _cells_between(";"), _aligned)


def _name(cell: str) -> str:
    found = _NAME.fullmatch(cell.strip())
    return found[1] if found else ""


def _is_sensitive(name: str) -> bool:
    return (" " not in name or _compiled(_NAME_OF_WORDS).fullmatch(name) is not None) and is_sensitive(name)


def _is_value(cell: str, name: str, *, is_sure: bool) -> bool:
    value = cell.strip().strip("\"'`")
    if not value or is_harmless(value) or value.startswith(HIDDEN):
        return False
    if _NUMBER.fullmatch(value) and name.lower().endswith(_FIGURES):
        return False
    # words beside a name may explain it
    return is_sure or (" " not in value and any(letter.isdigit() for letter in value) and any(letter.isalpha() for letter in value))


def _inserted(found: re.Match[str]) -> list[Span]:
    if not any(is_sensitive(column.strip().strip("\"'`[]")) for column in found["columns"].split(",")):
        return []
    return [one.span("value") for one in _compiled(_QUOTED).finditer(found.string, *found.span("rows"))]


def _in_markup(text: str) -> Iterator[Span]:
    sensitive: list[int] = []
    for row in _compiled(_MARKUP_ROW).finditer(text):
        cells = list(_compiled(_MARKUP_CELL).finditer(text, *row.span(1)))
        if names := [number for number, cell in enumerate(cells) if _is_sensitive(_name(cell[1]))]:
            sensitive = names
            continue
        yield from (cell.span(1) for number, cell in enumerate(cells) if number in sensitive and _is_value(cell[1], "", is_sure=True))
