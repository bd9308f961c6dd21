"""What code of a project prints where nothing else takes its output in, without secrets."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import TextIO

from support.redaction import redact


class RedactedLines:
    """A stream in front of another one, which gets whole lines, without secrets; all but writing is the other one's."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._begun = ""

    def write(self, text: str) -> int:
        """Pass on what lines this ends; the rest waits for its end."""
        lines, end, self._begun = (self._begun + text).rpartition("\n")
        if end:
            self._stream.write(redact(lines) + end)
        return len(text)

    def flush(self) -> None:
        """Have the other one write what it was given; a secret could go on where a line has no end yet."""
        self._stream.flush()

    def end(self) -> None:
        """Pass on what has no end of its line."""
        self._stream.write(redact(self._begun))
        self._begun = ""

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)


@contextmanager
def redacted_output() -> Iterator[None]:
    """As long as the block lasts, stdout and stderr get no secrets that Python code of this process prints."""
    output, errors = RedactedLines(sys.stdout), RedactedLines(sys.stderr)
    try:
        with redirect_stdout(output), redirect_stderr(errors):
            yield
    finally:
        output.end()
        errors.end()
