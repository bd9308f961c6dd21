"""The room itself: it stands alone, its modules import each other in one direction, and none of them grows too large."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import environments.service_bus

ROOM = Path(environments.service_bus.__file__).parent
MODULES = {path.stem: ast.parse(path.read_text(encoding="utf-8")) for path in ROOM.glob("*.py")}


def imports(module: ast.Module) -> list[ast.ImportFrom]:
    """Those inside functions and those for the type checker, too."""
    return [node for node in ast.walk(module) if isinstance(node, ast.ImportFrom)]


def targets(node: ast.ImportFrom) -> list[str]:
    """The modules of the room that a relative import names."""
    return [node.module] if node.module else [alias.name for alias in node.names]


def test_it_imports_nothing_of_the_project() -> None:
    names = {node.module or "" for module in MODULES.values() for node in imports(module) if node.level == 0}
    names |= {
        alias.name for module in MODULES.values() for node in ast.walk(module) if isinstance(node, ast.Import) for alias in node.names
    }
    assert not {name for name in names if name.split(".")[0] in ("environments", "support", "steps", "reports", "tests")}
    assert not [node.module for module in MODULES.values() for node in imports(module) if node.level > 1]


def test_its_modules_import_each_other_in_one_direction() -> None:
    needed = {name: {found for node in imports(module) if node.level == 1 for found in targets(node)} for name, module in MODULES.items()}
    # raises CycleError, which names the circle
    assert set(TopologicalSorter(needed).static_order()) <= set(MODULES)


def test_no_module_and_no_class_is_too_large() -> None:
    assert not [path.name for path in ROOM.glob("*.py") if len(path.read_text(encoding="utf-8").splitlines()) > 400]
    classes = [node for module in MODULES.values() for node in ast.walk(module) if isinstance(node, ast.ClassDef)]
    methods = {found.name: [part for part in found.body if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef)] for found in classes}
    assert not [name for name, found in methods.items() if len(found) > 20]
