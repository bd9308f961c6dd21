"""A scenario's story from its evidence, in the order in which it happened: for the terminal and for reports."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from support.evidence.entries import Entry, read_entries
from support.evidence.kinds import Kind
from support.terminal import Style

LONGEST_LINE = 200
ABOUT_STEPS = (Kind.SCENARIO, Kind.BEGIN, Kind.STEP, Kind.PART, Kind.END)
LABELS = {
    Kind.REQUEST: "request",
    Kind.CALL: "call",
    Kind.QUEUE: "queue",
    Kind.WAIT: "waited",
    Kind.POD: "pod",
    Kind.LOG: "log",
    Kind.OBJECTS: "objects",
    Kind.ERROR: "error",
}


class Line(NamedTuple):
    """One line, and how it looks in a terminal."""

    text: str
    style: Style = ""


def story_of(folder: Path, *, full: bool = False) -> list[Line]:
    """The lines of the story of the scenario whose evidence is in `folder`.

    Args:
        folder: the scenario's folder.
        full: show every detail whole; else one line each, and the details of what went wrong.

    Raises:
        FileNotFoundError: there is no evidence in the folder.
    """
    entries = read_entries(folder)
    began = entries[0].at if entries else 0.0
    ended = {entry.what for entry in entries if entry.kind is Kind.STEP}
    lines: list[Line] = []
    for entry in sorted(entries, key=lambda entry: entry.at):
        if entry.kind is Kind.BEGIN and entry.what in ended:
            continue
        lines += _lines(entry, entry.at - began, full)
    if files := _files_in(entries):
        lines += [Line(f"\nKept in {folder}:", "bold"), *(Line(f"  {name}", "dim") for name in files)]
    if not any(entry.kind is Kind.END for entry in entries):
        lines.append(Line("The run ended here: nothing more was noted.", "red"))
    return lines


def files_of(folder: Path) -> list[str]:
    """The names of the files that are kept with the evidence in `folder`. Raises FileNotFoundError as above."""
    return _files_in(read_entries(folder))


def _files_in(entries: Iterable[Entry]) -> list[str]:
    return [entry.what for entry in entries if entry.kind is Kind.FILE]


def _lines(entry: Entry, since: float, full: bool) -> Iterator[Line]:
    if entry.kind is Kind.FILE:
        return
    if entry.kind in ABOUT_STEPS:
        yield from _line_of_step(entry)
    else:
        again = f" ({entry.times} times)" if entry.times > 1 else ""
        took = f" {entry.seconds:.2f} s" if entry.seconds is not None else ""
        yield Line(f"      +{since:.2f} s {LABELS[entry.kind]} {entry.what}{again}{took}", "red" if entry.failed else "dim")
    if entry.detail and (full or entry.failed) and entry.kind is not Kind.SCENARIO:
        yield from (Line(f"          {line}", "red" if entry.failed else "dim") for line in entry.detail.splitlines())
    elif entry.detail and entry.kind in (Kind.REQUEST, Kind.POD):
        yield Line(f"          {_on_one_line(entry.detail)}", "dim")


def _line_of_step(entry: Entry) -> Iterator[Line]:
    if entry.kind is Kind.SCENARIO:
        yield Line(f"Scenario: {entry.what}", "bold")
        yield from (Line(f"  {line}", "dim") for line in entry.detail.splitlines())
    elif entry.kind is Kind.END:
        yield Line(f"\n{entry.what} after {entry.seconds or 0:.2f} s", "red" if entry.failed else "green")
    elif entry.kind is Kind.PART:
        yield Line(f"      · {entry.what}")
    elif entry.kind is Kind.BEGIN:
        yield Line(f"\n  … {entry.what} (did not end)", "red")
    else:
        yield Line(f"\n  {'✗' if entry.failed else '✓'} {entry.what} {entry.seconds or 0:.2f} s", "red" if entry.failed else "green")


def _on_one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]}..."
