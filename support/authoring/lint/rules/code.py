"""Rules for the Python of steps: it waits for what it wants to see, and never for time to pass."""

import ast
from collections.abc import Iterator

from support.authoring.lint.finding import Finding
from support.authoring.lint.project import Project

SLEEPERS = ("time", "asyncio")


def sleeping_code(project: Project) -> Iterator[Finding]:
    """A sleep is too short on a slow machine and too long on all others."""
    for file, module in project.code:
        names = _names_of_sleep(module)
        for call in (node for node in ast.walk(module) if isinstance(node, ast.Call)):
            if ast.unparse(call.func) in names and not _lasts_no_time(call):
                why = f"{ast.unparse(call)} waits for time to pass"
                yield Finding(file, call.lineno, why, "wait for what it is for: support.waiting.eventually(what, probe, until)")


RULES = (sleeping_code,)


def _names_of_sleep(module: ast.Module) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            names |= {f"{alias.asname or alias.name}.sleep" for alias in node.names if alias.name in SLEEPERS}
        elif isinstance(node, ast.ImportFrom) and node.module in SLEEPERS:
            names |= {alias.asname or alias.name for alias in node.names if alias.name == "sleep"}
    return names


def _lasts_no_time(call: ast.Call) -> bool:
    # asyncio.sleep(0) lets others run and waits for nothing
    return len(call.args) == 1 and isinstance(call.args[0], ast.Constant) and call.args[0].value == 0
