"""The entries of a scenario's evidence, one JSON object a line. Source: our choice."""

import time
from pathlib import Path

from pydantic import BaseModel, Field, TypeAdapter

from support.evidence import FILE
from support.evidence.kinds import Kind


class Entry(BaseModel):
    """One thing that happened: when it began (unix time), what, its seconds, how often in a row, and whether it went wrong."""

    at: float = Field(default_factory=time.time)
    kind: Kind
    what: str
    detail: str = ""
    service: str = ""
    """Which of the platform's services it was done with."""
    seconds: float | None = None
    times: int = 1
    failed: bool = False
    asked: dict[str, int] = {}
    """How often the service asked others to answer, as it says itself."""
    headers: list[str] = []
    """The names of an answer's headers, in small letters, that of its content type with its value; or of a message's properties."""
    status: str = ""
    """Of an answer whose detail is not kept whole."""
    shape: list[tuple[str, str]] = []
    """The fields of the same, as paths with their kinds."""

    def repeats(self, other: "Entry") -> bool:
        """Whether it tells nothing but that the other happened once more."""
        return (self.kind, self.what, self.detail, self.failed) == (other.kind, other.what, other.detail, other.failed)


_ENTRY = TypeAdapter(Entry)


def read_entries(folder: Path) -> list[Entry]:
    """The entries of one scenario's folder, as far as they were written; a torn last line of a killed run is left out."""
    entries = []
    # not splitlines, which knows line ends that JSON has within its texts
    for line in (folder / FILE).read_text(encoding="utf-8", errors="replace").split("\n"):
        if not line:
            continue
        try:
            entries.append(_ENTRY.validate_json(line))
        except ValueError:
            break
    return entries
