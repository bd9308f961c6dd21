"""Writes a scenario's evidence as it happens, so that even a killed run leaves what it had seen.

Clients and waits call `record`, which does nothing while no scenario runs. Everything is redacted. Source: our choice.
"""

import threading
from collections import Counter
from pathlib import Path
from typing import Any

from support.evidence import FILE
from support.evidence.entries import Entry
from support.evidence.kinds import Kind
from support.redaction import excerpt, redact

LONGEST_DETAIL = 2000


class Recorder:
    """The evidence of one scenario; threads may share it. Equal entries in a row become one with a count."""

    def __init__(self, folder: Path) -> None:
        """Makes the folder; raises OSError when that cannot be done."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._file = (folder / FILE).open("wb", buffering=0)
        self._last: Entry | None = None
        self._last_at = 0
        self._lock = threading.Lock()

    def add(self, entry: Entry) -> None:
        """Take an entry in."""
        entry.what = _encodable(redact(entry.what))
        entry.detail = _encodable(excerpt(entry.detail, LONGEST_DETAIL))
        with self._lock:
            if self._file.closed:
                return
            if self._last is not None and entry.repeats(self._last):
                self._last.times += 1
                self._last.asked = dict(Counter(self._last.asked) + Counter(entry.asked))
                self._last.seconds = (self._last.seconds or 0) + (entry.seconds or 0)
                self._file.seek(self._last_at)
            else:
                self._last, self._last_at = entry, self._file.tell()
            # at once, since the next moment may be the process's last
            self._file.write(self._last.model_dump_json(exclude_defaults=True).encode(errors="replace") + b"\n")
            self._file.truncate()

    def close(self) -> None:
        """Later entries are dropped."""
        with self._lock:
            self._file.close()


_current: Recorder | None = None


def use(recorder: Recorder | None) -> None:
    """Have `record` write there from now on, or nowhere."""
    global _current
    _current = recorder


def record(kind: Kind, what: str, detail: str = "", **facts: Any) -> None:
    """Note something in the evidence of the scenario that runs now; `facts` are further fields of an Entry."""
    if _current is not None:
        _current.add(Entry(kind=kind, what=what, detail=detail, **facts))


def _encodable(text: str) -> str:
    """The text with a `?` for each half of a character, which no encoding has; such texts come from other programs."""
    return text if text.isascii() else text.encode(errors="replace").decode()
