"""Reading the services' log files. Each line begins with its local time; what follows without one belongs to it."""

import re
from datetime import datetime
from pathlib import Path

from environments import texts
from environments.errors import SubstrateError

BEGINS_WITH_TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)[ T]+(\d{1,2}):(\d\d):(\d\d)(?:[,.](\d{3}))?")


def read(log: Path, since: float | None = None) -> str:
    """A log's text, from the first line that was written at or after a unix time; lines before any time are kept only without `since`."""
    try:
        text = log.read_text(errors="replace")
    except FileNotFoundError:
        return ""
    if since is None:
        return text
    kept: list[str] = []
    for line in text.splitlines(keepends=True):
        # once the time has come everything after it belongs
        if kept or _written_at(line) >= since:
            kept.append(line)
    return "".join(kept)


def of_service(folder: Path, service: str, since: float | None = None) -> str:
    """The same for `<service>.log` in a folder; raises SubstrateError when there is none."""
    file = folder / f"{service}.log"
    if not file.exists():
        known = ", ".join(sorted(entry.stem for entry in folder.glob("*.log"))) or "none"
        raise SubstrateError(f"there is no log of a service '{service}'; there are: {known}")
    return read(file, since)


def last_lines(log: Path, count: int = texts.LOG_LINES_IN_ERRORS) -> list[str]:
    """The last lines of a log, without secrets."""
    return texts.last_lines(read(log), count)


def _written_at(line: str) -> float:
    """The unix time a line begins with; a time without fraction counts as the end of its second."""
    found = BEGINS_WITH_TIME.match(line)
    if found is None:
        return float("-inf")
    year, month, day, hour, minute, second = (int(part) for part in found.groups()[:6])
    fraction = int(found[7] or 999) / 1000
    return datetime(year, month, day, hour, minute, second).astimezone().timestamp() + fraction
