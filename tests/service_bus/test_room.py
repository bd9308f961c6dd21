"""The room itself: it stands alone, its modules and folders import each other in one direction, as its README lists them."""

import ast
import re
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import environments.service_bus

ROOM = Path(environments.service_bus.__file__).parent
README = (ROOM / "README.md").read_text(encoding="utf-8")
PATHS = sorted(ROOM.rglob("*.py"))
# folder and name of each module, such as ("queues", "queue")
MODULES = {path.relative_to(ROOM).with_suffix("").parts: ast.parse(path.read_text(encoding="utf-8")) for path in PATHS}
FOLDERS = sorted({module[:-1] for module in MODULES})


def imports(module: ast.Module) -> list[ast.ImportFrom]:
    """Those inside functions and those for the type checker, too."""
    return [node for node in ast.walk(module) if isinstance(node, ast.ImportFrom)]


def targets(folder: tuple[str, ...], node: ast.ImportFrom) -> list[tuple[str, ...]]:
    """The modules of the room that a relative import in `folder` names; raises ValueError if it leads out of the room."""
    up = node.level - 1
    if up > len(folder):
        raise ValueError(f"{'.' * node.level}{node.module} leads out of the room")
    place = (*folder[: len(folder) - up], *(node.module.split(".") if node.module else ()))
    return [(*place, alias.name) if (*place, alias.name) in MODULES else place for alias in node.names]


NEEDED = {
    name: {target for node in imports(module) if node.level for target in targets(name[:-1], node)} for name, module in MODULES.items()
}


def test_it_imports_nothing_of_the_project() -> None:
    names = {node.module or "" for module in MODULES.values() for node in imports(module) if node.level == 0}
    names |= {
        alias.name for module in MODULES.values() for node in ast.walk(module) if isinstance(node, ast.Import) for alias in node.names
    }
    assert not {name for name in names if name.split(".")[0] in ("environments", "support", "steps", "reports", "tests")}
    assert {target for found in NEEDED.values() for target in found} <= set(MODULES)


def test_its_modules_import_each_other_in_one_direction() -> None:
    # raises CycleError, which names the circle
    assert set(TopologicalSorter(NEEDED).static_order()) <= set(MODULES)


def test_its_folders_import_each_other_in_the_order_of_the_readme() -> None:
    order = re.findall(r"^\| `([a-z]+)/` \|", README, re.MULTILINE)
    assert sorted(order) == sorted(folder[0] for folder in FOLDERS if folder)
    for name, found in NEEDED.items():
        for target in found:
            if len(name) > 1 and len(target) > 1:
                assert order.index(name[0]) <= order.index(target[0]), f"{name} imports {target}"


@pytest.mark.parametrize("path", PATHS, ids=lambda path: str(path.relative_to(ROOM)))
def test_each_module_stands_in_the_readme(path: Path) -> None:
    assert path.name == "__init__.py" or f"`{path.name}`" in README
