"""Finds and reads text files that people wrote, and refuses those that nobody could read as they look."""

import os
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

LARGEST_BYTES = 1 << 20
SUFFIX = ".feature"
# str.splitlines ends a line at some of these, no editor does
INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x85\u2028\u2029]")
# one that does not end a line, together with a line feed
LONE_RETURN = re.compile("\r(?!\n)")


class UnreadableFile(Exception):
    """A file cannot be used; `line` is where, 1 when it is the whole file."""

    def __init__(self, path: Path, line: int, reason: str) -> None:
        super().__init__(f"{path}, line {line}: {reason}")
        self.path = path
        self.line = line
        self.reason = reason


def is_there(path: Path) -> bool:
    """Whether there is such a file or folder; one with an impossible name is not there."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def read_text(path: Path) -> str:
    """The text of a file; raises UnreadableFile."""
    try:
        if not path.exists():
            raise UnreadableFile(path, 1, "there is no such file")
        if not path.is_file():
            raise UnreadableFile(path, 1, "is not a file")
        if path.stat().st_size > LARGEST_BYTES:
            raise UnreadableFile(path, 1, f"is larger than {LARGEST_BYTES >> 10} KiB: nobody could read that; split it")
        raw = path.read_bytes()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise UnreadableFile(path, 1, f"cannot be read: {reason}") from error
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise UnreadableFile(path, line, "is not UTF-8 text: save it with that encoding") from error
    if text.startswith("\ufeff"):
        raise UnreadableFile(path, 1, "begins with a byte order mark: save it as UTF-8 without one")
    if found := INVISIBLE.search(text) or ("\r" in text and LONE_RETURN.search(text)):
        line = text[: found.start()].count("\n") + 1
        raise UnreadableFile(path, line, f"holds an invisible character (U+{ord(found[0]):04X}): remove it")
    return text


def find_files(
    paths: Iterable[Path], suffixes: tuple[str, ...] = (SUFFIX,), unreadable: Callable[[UnreadableFile], None] = lambda _folder: None
) -> Iterator[Path]:
    """The files with such an ending in files and folders, each once, sorted within a folder; `unreadable` is told of folders."""
    seen: set[Path] = set()
    for path in paths:
        for file in _files_below(path, suffixes, unreadable) if path.is_dir() else [path]:
            if file not in seen:
                seen.add(file)
                yield file


def _files_below(top: Path, suffixes: tuple[str, ...], unreadable: Callable[[UnreadableFile], None]) -> Iterator[Path]:
    def tell(error: OSError) -> None:
        unreadable(UnreadableFile(Path(error.filename), 1, f"cannot be read: {error.strerror}"))

    seen = {top.resolve()}
    for parent, folders, files in os.walk(top, onerror=tell, followlinks=True):
        folders[:] = [name for name in sorted(folders) if name != "__pycache__" and _is_new(Path(parent, name), top, seen)]
        yield from (Path(parent, name) for name in sorted(files) if name.endswith(suffixes))


def _is_new(folder: Path, top: Path, seen: set[Path]) -> bool:
    """Whether a folder's files are found neither elsewhere nor by another link: links may lead in circles."""
    real = folder.resolve()
    if real in seen or (folder.is_symlink() and real.is_relative_to(top.resolve())):
        return False
    seen.add(real)
    return True
