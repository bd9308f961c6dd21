"""Writes a file as a whole or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO


@contextmanager
def whole_file(file: Path) -> Iterator[TextIO]:
    """What is written within it becomes the file at its end; after an error the folder is as before.

    Raises:
        OSError: the file cannot be written.
    """
    draft = file.with_name(f".{file.name}")
    try:
        with draft.open("w", encoding="utf-8", errors="replace") as opened:
            yield opened
        draft.replace(file)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
