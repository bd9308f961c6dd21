"""Finds what CI left in a checkout: the files that git does not know, since what it knows are samples."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

NOT_SEARCHED = frozenset({".git", "node_modules", ".venv", "venv", ".tox", ".nox", "site-packages", "__pycache__", ".mypy_cache"})
LARGEST_BYTES = 200 << 20


class UnreadableResult(ValueError):
    """A file that looks like one of results cannot be read; the text says which and why."""


def left_by_ci(repository: Path) -> list[Path]:
    """The files below a folder that git does not keep, sorted; links are not followed."""
    kept = _kept_by_git(repository)
    return [file for file in sorted(_below(repository)) if file not in kept and not file.is_symlink()]


def root_of_xml(file: Path) -> ElementTree.Element | None:
    """The root of a file, without what is in it; None when it is not XML at all. Raises UnreadableResult."""
    try:
        with file.open("rb") as stream:
            events = ElementTree.iterparse(stream, events=["start"])  # noqa: S314 - expat loads nothing and limits expansion
            root: ElementTree.Element = next(events)[1]
        return root
    except (ElementTree.ParseError, StopIteration, ValueError):
        return None
    except OSError as error:
        raise UnreadableResult(f"{file} cannot be read: {error.strerror}") from error


def elements_of_xml(file: Path, *tags: str) -> Iterator[ElementTree.Element]:
    """The elements with these tags, each whole, and forgotten once it was looked at. Raises UnreadableResult."""
    try:
        if file.stat().st_size > LARGEST_BYTES:
            raise UnreadableResult(f"{file} is larger than {LARGEST_BYTES >> 20} MiB")
        for _, element in ElementTree.iterparse(file, events=["end"]):  # noqa: S314 - as above
            if element.tag in tags:
                yield element
                element.clear()
    except ElementTree.ParseError as error:
        raise UnreadableResult(f"{file} is broken or cut off: {error}") from error
    except OSError as error:
        raise UnreadableResult(f"{file} cannot be read: {error.strerror}") from error


def read_json(file: Path) -> object:
    """What a file holds; raises UnreadableResult."""
    try:
        return json.loads(file.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise UnreadableResult(f"{file} is broken or cut off: {error}") from error
    except OSError as error:
        raise UnreadableResult(f"{file} cannot be read: {error.strerror}") from error


def _below(folder: Path) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in NOT_SEARCHED]
        yield from (Path(parent, name) for name in files)


def _kept_by_git(repository: Path) -> set[Path]:
    command = ["git", "-C", str(repository), "-c", "core.fsmonitor=false", "ls-files", "-z"]
    try:
        ended = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, check=False)
    except FileNotFoundError:
        return set()
    # without a repository nothing is known to it
    return {repository / os.fsdecode(name) for name in ended.stdout.split(b"\0") if name}
