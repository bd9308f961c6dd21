"""No file, class or function grows past what can be taken in at once (see CONTRIBUTING.md)."""

import ast
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).parents[1]
ROOMS = ("benchmarks", "environments", "reports", "steps", "support", "tests")
LINES_OF_A_FILE, METHODS_OF_A_CLASS, LINES_OF_A_FUNCTION = 400, 20, 40
EXCEPTIONS = {
    "tests/redaction/kinds.py: _tokens": "a list of data: one line a kind of secret",
    "tests/redaction/kinds.py: _files": "a list of data: one line a kind of file",
    "tests/redaction/test_kinds.py: ordinary_line": "a list of data: one line a kind of log line",
}
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def sources() -> Iterator[Path]:
    """The project's own code; runs keep the models that scenarios uploaded in `reports/out`."""
    yield PROJECT / "environment.py"
    for room in ROOMS:
        yield from (file for file in (PROJECT / room).rglob("*.py") if PROJECT / "reports" / "out" not in file.parents)


def too_large(source: str) -> Iterator[tuple[str, str]]:
    """What of a file is too large, by its name, and how large it is; the empty name stands for the file."""
    if (lines := len(source.splitlines())) > LINES_OF_A_FILE:
        yield "", f"{lines} lines"
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef) and (methods := sum(isinstance(one, FUNCTIONS) for one in node.body)) > METHODS_OF_A_CLASS:
            yield node.name, f"{methods} methods"
        if isinstance(node, FUNCTIONS) and (lines := (node.end_lineno or 0) - node.lineno + 1) > LINES_OF_A_FUNCTION:
            yield node.name, f"{lines} lines"


def test_files_classes_and_functions_stay_small() -> None:
    found = {
        f"{file.relative_to(PROJECT).as_posix()}: {name}": size
        for file in sources()
        for name, size in too_large(file.read_text(encoding="utf-8"))
    }
    assert {name: size for name, size in found.items() if name not in EXCEPTIONS} == {}
    assert set(EXCEPTIONS) <= set(found), "take exceptions out that are none any more"


def test_what_is_too_large_is_found() -> None:
    method = "    def m(self):\n" + "        pass\n" * 40
    assert dict(too_large("class A:\n" + method * 21)) == {"": "862 lines", "A": "21 methods", "m": "41 lines"}
    assert not list(too_large("class A:\n" + "    def m(self): ...\n" * 20))
