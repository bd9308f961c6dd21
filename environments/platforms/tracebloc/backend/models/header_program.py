"""Reads what a model file says of itself: a program of its own, which may use so much memory and time and no more.

`python -I -S header_program.py .py < model.py` writes a JSON object: the texts and whole numbers that the file sets at its top level,
one of them for each .py in a .zip; or `{"problem": words}`. The file is never run.
"""

import ast
import io
import json
import resource
import sys
import zipfile

LARGEST_SOURCE = 5_000_000
LARGEST_MEMORY = 512 * 2**20
CPU_SECONDS = 3
_MOST_FILES = 1000
_LONGEST_TEXT = 1000
_LARGEST_NUMBER = 2**53


class Unreadable(Exception):
    """The text says why."""


def main() -> None:
    """Read stdin, write stdout."""
    resource.setrlimit(resource.RLIMIT_AS, (LARGEST_MEMORY, LARGEST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    try:
        content = sys.stdin.buffer.read()
        answer: object = [_literals(source) for source in ([content] if sys.argv[1] == ".py" else _sources_in(content))]
    except Unreadable as error:
        answer = {"problem": str(error)}
    except MemoryError:
        answer = {"problem": "The model file takes too much memory to read."}
    json.dump(answer, sys.stdout)


def _sources_in(archive: bytes) -> list[bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            members = [member for member in opened.infolist() if member.filename.endswith(".py")]
            # sizes are checked before anything is unpacked
            if len(opened.infolist()) > _MOST_FILES or sum(member.file_size for member in members) > LARGEST_SOURCE:
                raise Unreadable("The archive is too large.")
            return [opened.read(member) for member in members]
    except MemoryError:
        raise
    except Exception as error:
        # a damaged archive fails in many ways
        if isinstance(error, Unreadable):
            raise
        raise Unreadable("The archive cannot be read.") from error


def _literals(source: bytes) -> dict[str, str | int]:
    if len(source) > LARGEST_SOURCE:
        raise Unreadable("The model file is too large.")
    try:
        module = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError) as error:
        raise Unreadable(f"The model file is not valid Python: {getattr(error, 'msg', 'it cannot be parsed')}.") from error
    found: dict[str, str | int] = {}
    for statement in module.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            value = _value(statement.value)
            if value is not None:
                found[statement.targets[0].id] = value
    return found


def _value(expression: ast.expr) -> str | int | None:
    # numbers below zero are an operator and a number
    if isinstance(expression, ast.UnaryOp) and isinstance(expression.op, ast.USub) and isinstance(expression.operand, ast.Constant):
        inner = expression.operand.value
        return -inner if isinstance(inner, int) and not isinstance(inner, bool) and inner <= _LARGEST_NUMBER else None
    value = expression.value if isinstance(expression, ast.Constant) else None
    if isinstance(value, int):
        return value if abs(value) <= _LARGEST_NUMBER else None
    return value if isinstance(value, str) and len(value) <= _LONGEST_TEXT and _is_text(value) else None


def _is_text(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)


if __name__ == "__main__":
    main()
