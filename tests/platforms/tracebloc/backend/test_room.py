"""The folders of the backend import each other in one direction, in the order that its docstring gives."""

import ast
import re
from pathlib import Path

import pytest

from environments.platforms.tracebloc import backend

ROOM = Path(backend.__file__).parent
ORDER = re.findall(r"`([a-z_]+)/`", backend.__doc__ or "")
PATHS = sorted(ROOM.glob("*/*.py"))


def test_the_docstring_names_every_folder() -> None:
    assert sorted(ORDER) == sorted({path.parent.name for path in PATHS})


@pytest.mark.parametrize("path", PATHS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_module_imports_no_folder_that_stands_after_its_own(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    modules = [f"{node.module}." for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]
    folders = {found[1] for module in modules if (found := re.match(rf"{re.escape(backend.__name__)}\.([a-z_]+)\.", module))}
    assert not [name for name in folders & set(ORDER) if ORDER.index(name) > ORDER.index(path.parent.name)]
