"""Incidents as a CSV file lists them. Source: our choice.

| column | what it holds |
|---|---|
| `date` | the day it was noticed, as 2026-05-28 |
| `title` | what went wrong, in a sentence |
| `boundary` | where to catch it: `inside` one service or repository, `between` services, on the customer's `platform`, or `other` |
| `where` | may be left out: which services or part of the platform, such as `shop and stock` |
| `description` | may be left out: more words about it |
"""

import csv
import io
from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from support.gherkin.files import UnreadableFile, read_text
from support.nearest import did_you_mean

REQUIRED, OPTIONAL = ("date", "title", "boundary"), ("where", "description")
MOST_PROBLEMS = 20


class Boundary(StrEnum):
    """Where an incident could have been caught."""

    INSIDE = "inside"
    BETWEEN = "between"
    PLATFORM = "platform"
    OTHER = "other"


class WrongIncidents(ValueError):
    """The file cannot be used; the text says why and in which lines."""


@dataclass(frozen=True)
class Incident:
    """One incident."""

    day: date
    title: str
    boundary: Boundary
    where: str = ""
    description: str = ""


def read_incidents(file: Path) -> list[Incident]:
    """Every incident of a file with commas, semicolons or tabs between its cells, oldest first; raises WrongIncidents."""
    problems: list[str] = []
    incidents = []
    for line, row in _rows(file):
        try:
            incidents.append(_incident(row))
        except ValueError as error:
            problems.append(f"{file}, line {line}: {error}")
    if problems:
        more = [f"and {len(problems) - MOST_PROBLEMS} more"] if len(problems) > MOST_PROBLEMS else []
        raise WrongIncidents("\n".join([*problems[:MOST_PROBLEMS], *more]))
    if not incidents:
        raise WrongIncidents(f"{file} lists no incident: add a line for each below the headings")
    return sorted(incidents, key=lambda incident: incident.day)


def _rows(file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        text = _text_of_spreadsheet(file) if _begins_with_mark(file) else read_text(file)
    except (UnreadableFile, OSError, ValueError) as error:
        raise WrongIncidents(str(error)) from error
    reader = csv.DictReader(io.StringIO(text), delimiter=max(",;\t", key=text.partition("\n")[0].count), strict=True)
    try:
        headings = [(name or "").strip().lower() for name in reader.fieldnames or ()]
        _refuse_wrong_headings(file, headings)
        reader.fieldnames = headings
        for row in reader:
            if None in row:
                raise WrongIncidents(f"{file}, line {reader.line_num}: more cells than headings: put a text with a comma into quotes")
            yield reader.line_num, {name: (cell or "").strip() for name, cell in row.items()}
    except csv.Error as error:
        raise WrongIncidents(f"{file}, line {reader.line_num + 1}: cannot be read as CSV: {error}") from error


def _begins_with_mark(file: Path) -> bool:
    # as spreadsheets write it
    return file.is_file() and file.read_bytes().startswith(BOM_UTF8)


def _text_of_spreadsheet(file: Path) -> str:
    raw = file.read_bytes()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise UnreadableFile(file, line, "is not UTF-8 text, though the file begins as such: save it with that encoding") from error


def _refuse_wrong_headings(file: Path, headings: list[str]) -> None:
    known = (*REQUIRED, *OPTIONAL)
    if missing := [name for name in REQUIRED if name not in headings]:
        named = f"column {missing[0]} is" if len(missing) == 1 else f"columns {', '.join(missing)} are"
        raise WrongIncidents(f"{file}, line 1: the {named} missing; it needs {', '.join(REQUIRED)}")
    for name in headings:
        if name not in known:
            raise WrongIncidents(f"{file}, line 1: '{name}' is not a column.{did_you_mean(name, known)} There are {', '.join(known)}")


def _incident(row: dict[str, str]) -> Incident:
    try:
        day = date.fromisoformat(row["date"])
    except ValueError:
        raise ValueError(f"'{row['date']}' is not a date: write it as 2026-05-28") from None
    if not row["title"]:
        raise ValueError("it has no title: say what went wrong")
    if row["boundary"] not in list(Boundary):
        nearest = did_you_mean(row["boundary"], Boundary)
        raise ValueError(f"'{row['boundary']}' is not a boundary.{nearest} It is one of {', '.join(Boundary)}")
    return Incident(day, row["title"], Boundary(row["boundary"]), row.get("where", ""), row.get("description", ""))
