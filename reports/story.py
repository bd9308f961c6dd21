"""A scenario's story from its evidence, in the order in which it happened: for the terminal and for reports."""

from collections.abc import Iterator
from pathlib import Path

from rich.text import Text

from support.evidence.entries import Entry, Kind, read_entries

LONGEST_LINE = 200
ABOUT_STEPS = (Kind.SCENARIO, Kind.BEGIN, Kind.STEP, Kind.PART, Kind.END)
LABELS = {Kind.REQUEST: "request", Kind.SDK: "SDK", Kind.QUEUE: "queue", Kind.WAIT: "waited", Kind.POD: "pod", Kind.ERROR: "error"}


def story_of(folder: Path, *, full: bool = False) -> list[Text]:
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
    lines: list[Text] = []
    for entry in sorted(entries, key=lambda entry: entry.at):
        if entry.kind is Kind.BEGIN and entry.what in ended:
            continue
        lines += _lines(entry, entry.at - began, full)
    files = [entry.what for entry in entries if entry.kind is Kind.FILE]
    if files:
        lines += [Text(f"\nKept in {folder}:", style="bold"), *(Text(f"  {name}", style="dim") for name in files)]
    if not any(entry.kind is Kind.END for entry in entries):
        lines.append(Text("The run ended here: nothing more was noted.", style="red"))
    return lines


def _lines(entry: Entry, since: float, full: bool) -> Iterator[Text]:
    if entry.kind is Kind.FILE:
        return
    if entry.kind in ABOUT_STEPS:
        yield from _line_of_step(entry)
    else:
        again = f" ({entry.times} times)" if entry.times > 1 else ""
        took = f" {entry.seconds:.2f} s" if entry.seconds is not None else ""
        yield Text(f"      +{since:.2f} s {LABELS[entry.kind]} {entry.what}{again}{took}", style="red" if entry.failed else "dim")
    if entry.detail and (full or entry.failed) and entry.kind is not Kind.SCENARIO:
        yield from (Text(f"          {line}", style="red" if entry.failed else "dim") for line in entry.detail.splitlines())
    elif entry.detail and entry.kind in (Kind.REQUEST, Kind.POD):
        yield Text(f"          {_on_one_line(entry.detail)}", style="dim")


def _line_of_step(entry: Entry) -> Iterator[Text]:
    if entry.kind is Kind.SCENARIO:
        yield Text(f"Scenario: {entry.what}", style="bold")
        yield from (Text(f"  {line}", style="dim") for line in entry.detail.splitlines())
    elif entry.kind is Kind.END:
        yield Text(f"\n{entry.what} after {entry.seconds or 0:.2f} s", style="red" if entry.failed else "green")
    elif entry.kind is Kind.PART:
        yield Text(f"      · {entry.what}")
    elif entry.kind is Kind.BEGIN:
        yield Text(f"\n  … {entry.what} (did not end)", style="red")
    else:
        mark, style = ("✗", "red") if entry.failed else ("✓", "green")
        yield Text(f"\n  {mark} {entry.what} {entry.seconds or 0:.2f} s", style=style)


def _on_one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]}..."
