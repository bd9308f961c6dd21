"""The folders of a room import each other in one direction, in the order that the room's docstring gives."""

import ast
import re
from pathlib import Path
from types import ModuleType

import pytest

from environments.platforms.tracebloc import backend
from support.platforms.tracebloc import playbook

ROOMS = (backend, playbook)
MODULES = [
    pytest.param(room, path, id=path.relative_to(Path(room.__path__[0]).parent).as_posix())
    for room in ROOMS
    for path in sorted(Path(room.__path__[0]).glob("*/*.py"))
]


def order(room: ModuleType) -> list[str]:
    """The room's folders, as its docstring names them."""
    return re.findall(r"`([a-z_]+)/`", room.__doc__ or "")


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: str(room.__name__))
def test_the_docstring_names_every_folder(room: ModuleType) -> None:
    assert sorted(order(room)) == sorted(folder.parent.name for folder in Path(room.__path__[0]).glob("*/__init__.py"))


@pytest.mark.parametrize(("room", "path"), MODULES)
def test_a_module_imports_no_folder_that_stands_after_its_own(room: ModuleType, path: Path) -> None:
    folders = order(room)
    tree = ast.parse(path.read_text(encoding="utf-8"))
    modules = [f"{node.module}." for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]
    found = {match[1] for module in modules if (match := re.match(rf"{re.escape(room.__name__)}\.([a-z_]+)\.", module))}
    assert not [name for name in found & set(folders) if folders.index(name) > folders.index(path.parent.name)]
