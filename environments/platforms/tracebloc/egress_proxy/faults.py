"""Faults on the way from one secure environment to the platform: as many registrations of datasets as are listed go wrong, each in its way.

They stand in a file, one JSON object a line, that whoever wants them writes and the proxy uses up from the top. Source: our choice.
"""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel

REGISTRATION = "/global_meta/summary/"


class Fault(BaseModel):
    """One registration that goes wrong: an HTTP status is all its answer and it never arrives, or it arrives and its answer does not.

    The connection of an answer that gets lost is closed; one whose answer is kept stays open.
    """

    kind: Literal["answer", "lose the answer", "keep the answer"]
    status: int = 503


class Faults:
    """The faults that are still to come."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def add(self, *faults: Fault) -> None:
        """Have these happen after those that are still to come."""
        self._write([*self._left(), *(fault.model_dump_json() for fault in faults)])

    def next(self, method: str, target: str) -> Fault | None:
        """The fault for this request, which is used up with it; None when nothing goes wrong."""
        left = self._left()
        if not left or method != "POST" or not target.startswith(REGISTRATION):
            return None
        self._write(left[1:])
        return Fault.model_validate_json(left[0])

    def _left(self) -> list[str]:
        return self._file.read_text().splitlines() if self._file.exists() else []

    def _write(self, lines: list[str]) -> None:
        # put in place at once: a reader finds the old faults or the new ones
        aside = self._file.with_suffix(".new")
        aside.write_text("".join(f"{line}\n" for line in lines))
        aside.replace(self._file)
