"""The uploaded model file, from bytes to the function that builds the model.

Source: tracebloc SDK 1.2.63: the file is a .py, or a .zip of them whose main file assigns `framework`; the model is built by calling,
without arguments, `MyModel` or the class or function that the header names as `main_class` or `main_method`.
"""

import ast
import importlib.util
import io
import re
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from environments.platforms.tracebloc.sabotages import TrainingSabotage, is_on
from environments.platforms.tracebloc.training.protocol import ModelFailed

ENTRY_POINT = "MyModel"
_MAIN_FILE = re.compile(r"^framework\s*=", re.MULTILINE)


def load(file_name: str, content: bytes, folder: Path) -> Callable[[], Any]:
    """Unpack the file into `folder`, run it and return what builds the model; raises ModelFailed."""
    archived = file_name.endswith(".zip") and not is_on(TrainingSabotage.ARCHIVES_READ_AS_ONE_FILE)
    path = _unpack(content, folder) if archived else _write(content, folder)
    try:
        source = path.read_text(encoding="utf-8-sig")
        tree = ast.parse(source)
    except (UnicodeDecodeError, SyntaxError, ValueError) as error:
        raise ModelFailed(f"the model file is not Python: {error}") from error
    module_name = path.stem
    sys.path.insert(0, str(folder))
    specification = importlib.util.spec_from_file_location(module_name, path)
    if specification is None or specification.loader is None:
        raise ModelFailed(f"the model file {path.name} cannot be imported")
    module = importlib.util.module_from_spec(specification)
    sys.modules[module_name] = module  # a fitted estimator of a class of this file is pickled by this name
    try:
        specification.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        raise ModelFailed(f"the model file cannot be run: {type(error).__name__}: {error}") from error
    name = _entry_point(tree)
    builder = getattr(module, name, None)
    if not callable(builder):
        raise ModelFailed(f"the model file defines no {name}")
    return _explaining(builder, name)


def _write(content: bytes, folder: Path) -> Path:
    path = folder / "uploaded_model.py"
    path.write_bytes(content)
    return path


def _unpack(content: bytes, folder: Path) -> Path:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            archive.extractall(folder)  # zipfile keeps members inside the folder
    except (zipfile.BadZipFile, OSError) as error:
        raise ModelFailed(f"the model file is not a usable zip archive: {error}") from error
    main_files = [path for path in sorted(folder.glob("*.py")) if _MAIN_FILE.search(path.read_text(encoding="utf-8-sig", errors="replace"))]
    if len(main_files) != 1:
        raise ModelFailed(f"exactly one file of the zip archive must assign `framework`, {len(main_files)} do")
    return main_files[0]


def _entry_point(tree: ast.Module) -> str:
    defined = {node.name for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef)}
    if ENTRY_POINT in defined:
        return ENTRY_POINT
    declared = ENTRY_POINT
    for node in tree.body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            value = node.value
            name = value.value if isinstance(value, ast.Constant) else value.id if isinstance(value, ast.Name) else None
            if node.targets[0].id in ("main_class", "main_method") and isinstance(name, str) and name:
                declared = name
    return declared


def _explaining(builder: Callable[[], Any], name: str) -> Callable[[], Any]:
    def build() -> Any:  # noqa: ANN401 (whatever the uploaded file makes)
        try:
            return builder()
        except (Exception, SystemExit) as error:
            raise ModelFailed(f"the model cannot be built: {name}(): {type(error).__name__}: {error}") from error

    return build
