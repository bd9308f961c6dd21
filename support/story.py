"""What a step did, part by part, so that a report shows how far one line of the playbook got.

Source: our choice.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum

from support.redaction import redact


class PartOutcome(StrEnum):
    """How a part of a step ended."""

    DONE = "done"
    FAILED = "failed"
    LEFT_OUT = "left out"


@dataclass
class Part:
    """One part of a step: what was done, how it ended, how long it took (seconds), a detail, and when it began (unix time)."""

    text: str
    outcome: PartOutcome = PartOutcome.DONE
    seconds: float = 0.0
    detail: str = ""
    started_at: float = field(default_factory=time.time)

    def __str__(self) -> str:
        detail = f": {self.detail}" if self.detail else ""
        return f"{self.text}{detail}" if self.outcome is PartOutcome.DONE else f"{self.text} [{self.outcome}]{detail}"


class Story:
    """The parts of the step that runs now."""

    def __init__(self) -> None:
        self.parts: list[Part] = []

    @contextmanager
    def part(self, text: str) -> Iterator[Part]:
        """Run one part of the step; an error marks it failed and goes on upwards."""
        part = Part(redact(text))
        self.parts.append(part)
        started = time.monotonic()
        try:
            yield part
        except BaseException:
            part.outcome = PartOutcome.FAILED
            raise
        finally:
            part.seconds = time.monotonic() - started
            part.detail = redact(part.detail)

    def tell(self, text: str, detail: str = "") -> None:
        """Note a fact as a part of its own."""
        self.parts.append(Part(redact(text), detail=redact(detail)))

    def leave_out(self, text: str, reason: str) -> None:
        """Note a part that cannot run here, with the reason: it is never counted as done."""
        self.parts.append(Part(redact(text), PartOutcome.LEFT_OUT, detail=redact(reason)))

    def begin_step(self) -> list[Part]:
        """Start a new step; returns the list its parts will be in."""
        self.parts = []
        return self.parts
