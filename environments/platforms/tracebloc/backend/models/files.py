"""What a model file says about itself, read without ever running it. Source: tracebloc SDK 1.2.63 (the header variables).

A file can be written so that reading it takes gigabytes and minutes, so that is done in a process of its own: see `header_program`.
"""

import json
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from environments.platforms.tracebloc.backend.errors import Refusal
from environments.platforms.tracebloc.backend.models import header_program
from environments.platforms.tracebloc.sabotages import BackendSabotage, is_on

_NEEDED = ("framework", "category")
_DEADLINE_SECONDS = 10.0 * header_program.CPU_SECONDS
"""By the clock, which goes on while a busy machine does something else; what takes too long itself is ended by its processor time."""
_TOO_MUCH = "The model file takes too long, or too much memory, to read."
_MOST_AT_ONCE, _MOST_WAITING = 2, 10


class UnreadableModel(Exception):
    """The file is not a model of ours; the text says why, for the person who uploaded it."""


class Turns:
    """How many of something everybody may do at the same time, and how many may wait for it, so that nobody keeps the others waiting."""

    def __init__(self, most: int, waiting: int) -> None:
        self._most = most
        self._most_asking = most + waiting
        self._changed = threading.Condition()
        self._asking: Counter[int] = Counter()
        self._running: Counter[int] = Counter()

    @contextmanager
    def one(self, who: int) -> Iterator[None]:
        """Do one when it is its turn; Refusal TOO_MANY_AT_ONCE when too many wait already."""
        with self._changed:
            if self._asking[who] >= self._most_asking:
                raise Refusal(429, "TOO_MANY_AT_ONCE", f"{self._most_asking} uploads are being checked; try again when one is done.")
            self._asking[who] += 1
            self._changed.wait_for(lambda: self._running[who] < self._most)
            self._running[who] += 1
        try:
            yield
        finally:
            with self._changed:
                # what is zero is forgotten
                for counter in (self._asking, self._running):
                    counter[who] -= 1
                    counter += Counter()
                self._changed.notify_all()


checks = Turns(_MOST_AT_ONCE, _MOST_WAITING)


def header_of(file_name: str, content: bytes) -> dict[str, Any]:
    """The texts, whole numbers and booleans set at the top level of a model file (.py, or a .py in a .zip); raises UnreadableModel."""
    # neither site packages nor the project are needed: it starts in 15 ms
    command = [sys.executable, "-I", "-S", str(Path(header_program.__file__)), PurePosixPath(file_name).suffix]
    try:
        read = subprocess.run(command, input=content, capture_output=True, timeout=_DEADLINE_SECONDS, check=False, env={})
    except subprocess.TimeoutExpired:
        raise UnreadableModel(_TOO_MUCH) from None
    if read.returncode != 0:
        raise UnreadableModel(_TOO_MUCH)
    headers = json.loads(read.stdout)
    if isinstance(headers, dict) and is_on(BackendSabotage.UNREADABLE_MODELS_KEPT):
        return dict.fromkeys(_NEEDED, "pytorch")
    if isinstance(headers, dict):
        raise UnreadableModel(headers["problem"])
    complete = [header for header in headers if all(isinstance(header.get(name), str) for name in _NEEDED)]
    if not complete:
        raise UnreadableModel(f"The model file must set {' and '.join(_NEEDED)} as texts at its top level.")
    header: dict[str, Any] = complete[0]
    return header
