"""Notes which statements run: before each stands one that sets a byte of a file that all processes of a platform share.

A tracer would be lost with a killed pod, and know no scenario. A byte in shared memory outlives a process, a fork and a sandbox, costs
some 50 ns, and is read and cleared at the boundary of two scenarios without asking anybody. Source: our choice.
"""

import ast
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

MODULE = "ringmaster_touched"
TEMPLATE = '''"""Which statements were run: a byte each, in a file that all processes share."""

import json
import mmap

FILE = {file!r}


def _open():
    try:
        with open(FILE, "r+b") as shared:
            return mmap.mmap(shared.fileno(), 0)
    except OSError:
        # out of reach, as for a process that sees other folders
        return {{}}


touched = _open()


def begins(scenario):
    """What was run until now belongs to the scenario before."""
    with open(FILE + ".scenario", "a+") as before:
        before.seek(0)
        ended = before.read()
        before.truncate(0)
        before.write(scenario)
    ran = [number for number, byte in enumerate(bytes(touched)) if byte]
    for number in ran:
        touched[number] = 0
    with open(FILE + ".jsonl", "a") as lines:
        lines.write(json.dumps({{"scenario": ended, "ran": ran}}) + "\\n")
'''
PROLOGUE = """
try:
    from ringmaster_touched import touched as _touched
except ImportError:
    import runpy as _runpy
    try:
        _touched = _runpy.run_path({module!r})["touched"]
    except OSError:
        _touched = {{}}
"""
HOOKS = """

_before_scenario_itself = globals().get("before_scenario")


def before_scenario(context, scenario):
    import ringmaster_touched

    ringmaster_touched.begins(str(scenario.location))
    if _before_scenario_itself is not None:
        _before_scenario_itself(context, scenario)
"""


@dataclass
class Probes:
    """The statements of all files, each with its number: the lines from the first to the last."""

    files: dict[str, list[tuple[int, int, int]]] = field(default_factory=dict)
    """By file: first line, last line, number."""
    count: int = 0

    def add(self, file: str, text: str, module: Path) -> str:
        """The file's text with a probe before each statement of its functions."""
        tree = ast.parse(text)
        places = self.files.setdefault(file, [])
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                self._probe(function.body, places, has_docstring=ast.get_docstring(function) is not None)
        start = _after_future_imports(tree)
        tree.body[start:start] = ast.parse(PROLOGUE.format(module=str(module))).body
        return ast.unparse(ast.fix_missing_locations(tree)) + "\n"

    def at(self, file: str, line: int) -> int | None:
        """The number of the innermost statement at a line; None when it is in no function."""
        around = [(last - first, number) for first, last, number in self.files.get(file, ()) if first <= line <= last]
        return min(around)[1] if around else None

    def of(self, file: str) -> set[int]:
        """The numbers of a file's statements."""
        return {number for _, _, number in self.files.get(file, ())}

    def _probe(self, body: list[ast.stmt], places: list[tuple[int, int, int]], *, has_docstring: bool = False) -> None:
        probed: list[ast.stmt] = []
        for position, statement in enumerate(body):
            if not (has_docstring and position == 0):
                places.append((*_lines(statement), self.count))
                probed.append(ast.parse(f"_touched[{self.count}] = 1").body[0])
                self.count += 1
            probed.append(statement)
            if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                for inner in _bodies(statement):
                    self._probe(inner, places)
        body[:] = probed


def read_runs(file: Path) -> Iterator[tuple[str, set[int]]]:
    """What ran while each scenario did; under the empty name, what ran before the first. A scenario tried twice is there twice."""
    for line in file.with_name(f"{file.name}.jsonl").read_text(encoding="utf-8").splitlines():
        entry: Mapping[str, object] = json.loads(line)
        ran = entry["ran"]
        yield str(entry["scenario"]), set(ran) if isinstance(ran, list) else set()


def module_text(file: Path) -> str:
    """The module that probes write through, into that file."""
    return TEMPLATE.format(file=str(file))


def _bodies(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        if inner := getattr(statement, name, None):
            yield inner
    for part in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
        yield part.body


def _lines(statement: ast.stmt) -> tuple[int, int]:
    """Of a statement that holds others, its head only."""
    first = min([statement.lineno, *(each.lineno for each in getattr(statement, "decorator_list", ()))])
    inner = next(_bodies(statement), None)
    last = inner[0].lineno - 1 if inner else statement.end_lineno or first
    return first, max(first, last)


def _after_future_imports(tree: ast.Module) -> int:
    position = 1 if ast.get_docstring(tree) is not None else 0
    while position < len(tree.body) and isinstance(node := tree.body[position], ast.ImportFrom) and node.module == "__future__":
        position += 1
    return position
