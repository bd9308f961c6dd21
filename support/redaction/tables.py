"""Secrets in tables: what stands under or beside a sensitive name, in Markdown, CSV, tab-separated, aligned and SQL's forms.

Source: our choice; a heading is a cell that is a name and nothing else, so that prose with commas is no table.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache

from support.redaction.assignments import HIDDEN, is_harmless, is_sensitive, may_name_secrets

LONGEST_LINE = 2000
"""Characters of a line that may be the heading of a table."""
_NAME = re.compile(r"[\"'`*]*([^\W\d][\w .-]{0,39}?)[\"'`*]*")
_RULE = re.compile(r"[\s|:+=-]*")
_NUMBER = re.compile(r"[\d.,e%+-]*")
_NAME_OF_WORDS = (
    r"(?i)(?:(?:access|account|admin|api|client|connection|database|db|master|new|old|private|secret|shared|signing|storage|user|your) )+"
    r"(?:key|password|secret|string|token)"
)
_FIGURES = ("token", "key", "signature", "cookie")
"""Names of columns that hold figures as well: tokens seen in training."""
_INSERT = r"(?i)\binsert\s+into\b[^()\n]{0,200}\((?P<columns>[^()]{1,2000})\)\s*values\b(?P<rows>[\s\S]{1,4000}?)(?=;|\binsert\s+into\b|\Z)"
_QUOTED = r"'(?:[^'\\\n]|''|\\.)*'"
_ASSIGNED = r"(?i)(\bset\s+password\b[^\n=]{0,200}=\s*(?:password\()?['\"])[^'\"\n]+"
_MARKUP_ROW = r"(?is)<tr\b[^<>]*>(.*?)</tr>"
_MARKUP_CELL = r"(?is)(<t[hd]\b[^<>]*>)\s*(.*?)\s*(</t[hd]>)"


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


Span = tuple[int, int]


def hide_tables(text: str, lower: str) -> str:
    """The text without what tables have under or beside a sensitive name; `lower` is the same in lower case."""
    if any(mark in text for mark in ("|", "\t", "  ")) or ("\n" in text and any(mark in text for mark in ",;")):
        text = _hide_columns(text, lower)
    if "insert into" in lower or "set password" in lower:
        text = _compiled(_ASSIGNED).sub(rf"\1{HIDDEN}", _compiled(_INSERT).sub(_without_values, text))
    return _hide_in_markup(text) if "</t" in lower else text


def _hide_columns(text: str, lower: str) -> str:
    lines, begin = text.split("\n"), 0
    shown = list(lines)
    for number, (line, in_lower_case) in enumerate(zip(lines, lower.split("\n"), strict=True)):
        if number < begin or len(line) > LONGEST_LINE or not may_name_secrets(in_lower_case):
            continue
        for cells_of in _WAYS:
            heading = cells_of(line)
            if len(heading) > 1 and any(_is_secret_name(line[slice(*cell)]) for cell in heading):
                begin = _hide_below(lines, shown, number, cells_of)
                break
    return "\n".join(shown)


def _hide_below(lines: list[str], shown: list[str], number: int, cells_of: Callable[[str], list[Span]]) -> int:
    """Hides what stands under and beside the sensitive names of this line; the number of the next line that may be a heading."""
    line, heading = lines[number], cells_of(lines[number])
    names = [_name(line[slice(*cell)]) for cell in heading]
    rows, ends, is_ruled = _rows(lines, number + 1, heading, cells_of)
    is_pair = len(heading) == 2 and _is_secret_name(names[0]) and not _is_secret_name(names[1]) and not is_ruled
    if is_pair and _is_value(line[slice(*heading[1])], names[0], is_sure=cells_of in _SURE_WAYS):
        shown[number] = _with_hidden(line, [heading[1]])
    elif cells_of in _SURE_WAYS:
        beside = [(name, cell) for name, cell in zip(names, heading[1:], strict=False) if _is_secret_name(name)]
        shown[number] = _with_hidden(line, [cell for name, cell in beside if _is_value(line[slice(*cell)], name, is_sure=False)])
    if not all(names):
        # no heading, but a row of names and values
        return number + 1
    for at, cells in rows:
        wanted = [
            cell
            for name, cell in zip(names, cells, strict=True)
            if _is_secret_name(name) and _is_value(lines[at][slice(*cell)], name, is_sure=not is_pair)
        ]
        shown[at] = _with_hidden(shown[at], wanted)
    return number + 1 if is_pair else ends


def _rows(
    lines: list[str], begin: int, heading: list[Span], cells_of: Callable[[str], list[Span]]
) -> tuple[list[tuple[int, list[Span]]], int, bool]:
    """The rows below a heading with their cells, the number of the line after them, and whether a line is drawn below the heading."""
    rows: list[tuple[int, list[Span]]] = []
    ends, is_ruled = begin, False
    while ends < len(lines) and lines[ends].strip():
        if _RULE.fullmatch(lines[ends]):
            is_ruled = is_ruled or not rows
        else:
            cells = _under(heading, lines[ends]) if cells_of is _aligned else cells_of(lines[ends])
            if len(cells) != len(heading):
                break
            rows.append((ends, cells))
        ends += 1
    return rows, ends, is_ruled


def _with_hidden(line: str, cells: list[Span]) -> str:
    for begin, end in reversed(cells):
        line = f"{line[:begin]}{HIDDEN}{line[end:]}"
    return line


@cache
def _cells_between(mark: str) -> Callable[[str], list[Span]]:
    """Says where the cells of a line are that has this mark between them; they may be in quotes."""
    pattern = re.compile(rf"\"(?:[^\"]|\"\")*\"|[^{re.escape(mark)}\n]+" if mark in ",;" else rf"[^{re.escape(mark)}\n]+")

    def cells(line: str) -> list[Span]:
        if mark not in line:
            return []
        found = [(one.start() + len(one[0]) - len(one[0].lstrip()), one.start() + len(one[0].rstrip())) for one in pattern.finditer(line)]
        return [(begin, end) for begin, end in found if begin < end]

    return cells


def _aligned(line: str) -> list[Span]:
    return [one.span() for one in _compiled(r"\S+(?: \S+)*").finditer(line)]


def _under(heading: list[Span], line: str) -> list[Span]:
    """The words of a line under the cells of an aligned heading; none if one of them does not begin where its heading does."""
    cells = []
    for begin, _ in heading:
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


def _is_secret_name(cell: str) -> bool:
    name = _name(cell)
    return (" " not in name or _compiled(_NAME_OF_WORDS).fullmatch(name) is not None) and is_sensitive(name)


def _is_value(cell: str, name: str, *, is_sure: bool) -> bool:
    value = cell.strip().strip("\"'`")
    if not value or is_harmless(value) or value.startswith(HIDDEN):
        return False
    if _NUMBER.fullmatch(value) and name.lower().endswith(_FIGURES):
        return False
    # words beside a name may explain it
    return is_sure or (" " not in value and any(letter.isdigit() for letter in value) and any(letter.isalpha() for letter in value))


def _without_values(found: re.Match[str]) -> str:
    if not any(is_sensitive(column.strip().strip("\"'`[]")) for column in found["columns"].split(",")):
        return found[0]
    begin = found.start("rows") - found.start()
    return found[0][:begin] + _compiled(_QUOTED).sub(f"'{HIDDEN}'", found[0][begin:])


def _hide_in_markup(text: str) -> str:
    sensitive: list[int] = []

    def shown(cells: Iterator[re.Match[str]]) -> Iterator[str]:
        nonlocal sensitive
        row = list(cells)
        names = [number for number, cell in enumerate(row) if _is_secret_name(cell[2])]
        if names:
            sensitive = names
        for number, cell in enumerate(row):
            hides = not names and number in sensitive and _is_value(cell[2], "", is_sure=True)
            yield f"{cell[1]}{HIDDEN if hides else cell[2]}{cell[3]}"

    def row(found: re.Match[str]) -> str:
        cells = "".join(shown(_compiled(_MARKUP_CELL).finditer(found[1])))
        return found[0].replace(found[1], cells) if cells else found[0]

    return _compiled(_MARKUP_ROW).sub(row, text)
