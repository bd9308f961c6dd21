"""Finds what looks like a feature, a hook or a step module of a project and is none, so that nothing would ever say that it is not used."""

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import NamedTuple

from support.gherkin.files import SUFFIX
from support.step_folders import STEPS

ENVIRONMENT = "environment.py"
HOOKS = {
    name.replace("_", ""): name
    for name in (f"{when}_{what}" for when in ("before", "after") for what in ("all", "feature", "rule", "scenario", "step", "tag"))
}
"""By their letters alone."""
# of `features` and `feature`, or `beforescenarios` and `beforescenario`, but not of `beforelogin` and `beforeall`
NEAR = 0.85
# a line end is found five times as quickly as the beginning of a line
FUNCTION = re.compile(r"\n(?:async )?def ((?:bef|aft)\w+)\(", re.IGNORECASE)
STEP_DEFINITION = re.compile(r"^@(?:behave\.)?(?:given|when|then|step)\(", re.MULTILINE | re.IGNORECASE)
IMPORT = re.compile(r"^\s*(?:from|import) .*$", re.MULTILINE)


class Overlooked(NamedTuple):
    """Where it stands, why it has no effect, and what to do."""

    path: Path
    line: int
    why: str
    what_to_do: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.why}: {self.what_to_do}"


def overlooked(features: Iterable[Path], base: Path, loaded: Sequence[Path], others: Sequence[Path] = ()) -> Iterator[Overlooked]:
    """All of it.

    Args:
        features: the files and folders that features are looked for in.
        base: the folder whose `environment.py` has the hooks.
        loaded: the folders whose step modules are loaded, each before those in it.
        others: those that are loaded for other features.
    """
    folders, step_folders = list(features), [*loaded, *others]
    yield from overlooked_features(folders)
    yield from _hooks(base, loaded)
    yield from _environments(base, folders)
    yield from _step_modules(base, [*step_folders, *folders], step_folders)


def overlooked_features(paths: Iterable[Path]) -> Iterator[Overlooked]:
    """Files whose names end nearly like those of features; what people put aside, such as `.bak` files, is none."""
    for file in _files(paths):
        if _is_nearly(file, SUFFIX):
            yield Overlooked(file, 1, "is not read", f"if it is a feature, let its name end with {SUFFIX}")


def _hooks(base: Path, step_folders: Iterable[Path]) -> Iterator[Overlooked]:
    for file in (base / ENVIRONMENT, *_modules(step_folders)):
        text = "\n" + _text(file)
        for found in FUNCTION.finditer(text):
            name = found[1]
            near = get_close_matches(name.replace("_", "").lower(), HOOKS, n=1, cutoff=NEAR)
            line = text.count("\n", 0, found.start()) + 1
            if not near or len(re.findall(rf"\b{name}\b", text)) > 1:
                # what the file uses itself is a function like others
                continue
            if name != HOOKS[near[0]]:
                yield Overlooked(file, line, f"nothing calls {name}", f"if it is a hook, call it {HOOKS[near[0]]}")
            elif file.name != ENVIRONMENT:
                yield Overlooked(file, line, f"nothing calls {name} here", f"hooks stand in {base / ENVIRONMENT}")


def _environments(base: Path, folders: Iterable[Path]) -> Iterator[Overlooked]:
    for file in _files(folders):
        if file.name == ENVIRONMENT and file.parent.resolve() != base.resolve():
            yield Overlooked(file, 1, "its hooks are not called", f"hooks stand in {base / ENVIRONMENT}")
    for file in sorted(base.glob("*.py")):
        if file.name != ENVIRONMENT and get_close_matches(file.name.lower(), [ENVIRONMENT], cutoff=NEAR):
            yield Overlooked(file, 1, "is not read", f"if it has the hooks, call it {ENVIRONMENT}")


def _step_modules(base: Path, folders: Iterable[Path], step_folders: Sequence[Path]) -> Iterator[Overlooked]:
    # the same few folders again and again
    resolved = cache(Path.resolve)
    loaded = {folder.resolve() for folder in step_folders}
    near = [folder for folder in sorted(base.iterdir()) if folder.is_dir() and get_close_matches(folder.name.lower(), [STEPS], cutoff=NEAR)]
    for file in _files([*folders, *near]):
        if resolved(file.parent) in loaded if file.suffix == ".py" else not _is_nearly(file, ".py"):
            continue
        if (found := STEP_DEFINITION.search(text := _text(file))) and not _is_imported(file, loaded):
            home = next((folder for folder in step_folders if folder in file.parents), base / STEPS)
            where = f"step modules stand directly in {home}, and their names end with .py"
            yield Overlooked(file, text.count("\n", 0, found.start()) + 1, "its steps are not loaded", where)


def _is_imported(file: Path, by: Iterable[Path]) -> bool:
    lines = (line for module in _modules(by) for line in IMPORT.findall(_text(module)))
    return any(re.search(rf"\b{re.escape(file.stem)}\b", line) for line in lines)


def _is_nearly(file: Path, suffix: str) -> bool:
    ending = Path(file.name.lower().removesuffix(".txt")).suffix
    return not file.name.endswith((suffix, "~")) and bool(get_close_matches(ending, [suffix], cutoff=NEAR))


def _modules(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        yield from sorted(folder.glob("*.py"))


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    """Those in folders, each once, although folders may lie in each other."""
    seen: set[str] = set()
    for folder in paths:
        for parent, inner, names in os.walk(folder):
            inner[:] = sorted(name for name in inner if name != "__pycache__")
            if parent not in seen:
                seen.add(parent)
                yield from (Path(parent, name) for name in sorted(names))


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
