"""What a model file says about itself, read without ever running it. Source: tracebloc SDK 1.2.63 (the header variables)."""

import ast
import io
import zipfile
from typing import Any

_LARGEST_SOURCE = 5_000_000
_MOST_FILES = 1000
_NEEDED = ("framework", "category")


class UnreadableModel(Exception):
    """The file is not a model of ours; the text says why, for the person who uploaded it."""


def header_of(file_name: str, content: bytes) -> dict[str, Any]:
    """The texts, whole numbers and booleans set at the top level of a model file (.py, or a .py in a .zip); raises UnreadableModel."""
    sources = [content] if file_name.endswith(".py") else _sources_in(content)
    headers = [_literals(source) for source in sources]
    complete = [header for header in headers if all(isinstance(header.get(name), str) for name in _NEEDED)]
    if not complete:
        raise UnreadableModel(f"The model file must set {' and '.join(_NEEDED)} as texts at its top level.")
    return complete[0]


def _sources_in(archive: bytes) -> list[bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            members = [member for member in opened.infolist() if member.filename.endswith(".py")]
            # sizes are checked before anything is unpacked
            if len(opened.infolist()) > _MOST_FILES or sum(member.file_size for member in members) > _LARGEST_SOURCE:
                raise UnreadableModel("The archive is too large.")
            return [opened.read(member) for member in members]
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        raise UnreadableModel("The archive cannot be read.") from error


def _literals(source: bytes) -> dict[str, Any]:
    if len(source) > _LARGEST_SOURCE:
        raise UnreadableModel("The model file is too large.")
    try:
        module = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise UnreadableModel(f"The model file is not valid Python: {getattr(error, 'msg', 'it cannot be parsed')}.") from error
    found: dict[str, Any] = {}
    for statement in module.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            try:
                value = ast.literal_eval(statement.value)
            except (ValueError, TypeError, RecursionError, MemoryError, SyntaxError):
                continue
            if isinstance(value, str | int):
                found[statement.targets[0].id] = value
    return found
