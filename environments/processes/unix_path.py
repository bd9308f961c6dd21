"""Paths of Unix sockets, however deep the folder is.

Source: unix(7): a socket's address has room for 107 bytes of path.
"""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

MOST_BYTES = 107


@contextlib.contextmanager
def fitting(path: Path) -> Iterator[str]:
    """The path, or where it is too long another way to the same place, which holds as long as the context does."""
    if len(os.fsencode(path)) <= MOST_BYTES:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
