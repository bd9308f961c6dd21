"""Step definitions, kept apart: each feature is matched with those of its own folders, and no others.

A platform's features (`features/<platform>`) have `steps/common` and `steps/<platform>` with the folders in it; others have
`steps/common` and the modules directly in the nearest folder `steps` beside or above them.
"""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from behave.exception import ConfigError
from behave.matchers import use_default_step_matcher
from behave.runner_util import PathManager, load_step_modules
from behave.step_registry import registry

from environments.choose import platform_names, platform_of
from support.runner.behave_adapter import cucumber
from support.step_folders import COMMON, STEPS, inner_folders, is_platforms

PLATFORM_VARIABLE = "RINGMASTER_PLATFORM"
"""For plain behave: whose steps to load, where the paths leave that open."""

KINDS = ("given", "when", "then", "step")
Definitions = dict[str, list[Any]]
"""By kind (given, when, then, step), as behave's registry holds them."""


class NoStepsFolder(ConfigError):
    """There is no folder of steps beside or above the features."""


class MistakenStep(Exception):
    """behave printed what is wrong with a step definition and went on without it."""


class StepLibraries:
    """The step definitions of one run, by the folders they are loaded from; each folder's modules are loaded once."""

    loading = False
    """Whether one of them is loading modules now, rather than behave itself."""

    def __init__(self, root: Path) -> None:
        """`root` is where the platforms' `features` and `steps` are."""
        self._root = root
        self._loaded: dict[tuple[Path, ...], tuple[Definitions, Any]] = {}
        self._by_feature: dict[str, Definitions] = {}
        self.left_out: set[str] = set()
        """Features without their steps."""

    def load(self, features: Iterable[str], without: Callable[[str], object] = lambda _feature: None) -> None:
        """Load what these feature files need, but nothing for those that are told to do `without`: their scenarios are skipped.

        Raises:
            NoStepsFolder: a feature has no folder of steps.
            Exception: whatever a module raises.
        """
        StepLibraries.loading = True
        try:
            for feature in features:
                if feature not in self._by_feature and without(feature):
                    self._by_feature[feature] = {kind: [] for kind in KINDS}
                    self.left_out.add(feature)
                elif feature not in self._by_feature:
                    self._by_feature[feature] = self._library(tuple(step_folders(Path(feature), self._root)))[0]
        finally:
            StepLibraries.loading = False

    @property
    def folders(self) -> list[Path]:
        """Those that were loaded."""
        loaded = dict.fromkeys(folder for folders in self._loaded for folder in folders)
        return [_from_here(each) for folder in loaded for each in (folder, *inner_folders(folder))]

    @property
    def other_folders(self) -> list[Path]:
        """Those that would be loaded for features of other platforms."""
        every = [self._root / STEPS / name for name in (COMMON, *platform_names())]
        loaded = self.folders
        return [other for folder in every for each in (folder, *inner_folders(folder)) if (other := _from_here(each)) not in loaded]

    def use_for(self, feature: str) -> None:
        """Match the steps of this feature from now on, and no other."""
        registry.steps = self._by_feature[feature]

    def _library(self, folders: tuple[Path, ...]) -> tuple[Definitions, Any]:
        if not folders:
            return {kind: [] for kind in KINDS}, cucumber.types()
        if folders not in self._loaded:
            definitions, types = self._library(folders[:-1])
            registry.steps = {kind: list(known) for kind, known in definitions.items()}
            # parameter types too: two platforms may each have their own of one name
            with cucumber.types_like(types):
                _load(folders[-1])
                self._loaded[folders] = registry.steps, cucumber.types()
        return self._loaded[folders]


def step_folders(feature: Path, root: Path) -> Iterator[Path]:
    """The folders whose step modules a feature is matched with, in the order to load them; raises NoStepsFolder."""
    platform = platform_of(feature, root / "features")
    steps = root / STEPS
    own = None if platform is None else steps / platform
    if own is None or not own.is_dir():
        own = steps = _nearest_steps(feature)
    if (steps / COMMON).is_dir():
        yield steps / COMMON
    yield own


def use_cucumber_expressions_by_default() -> None:
    """For projects without hooks of their own, which could choose."""
    use_default_step_matcher(cucumber.CucumberOrParse.NAME)


def load_for_plain_behave(steps: Path) -> None:
    """Load `steps/common` and the steps of the platform that plain behave is to run; nothing when the runner loads steps itself.

    Raises ConfigError where the paths leave open which platform, since behave has one set of steps for all features.
    """
    if StepLibraries.loading:
        return
    found = sorted(_platforms_of(sys.argv[1:], steps.parent))
    if len(found) > 1 and (wanted := os.environ.get(PLATFORM_VARIABLE)):
        found = [wanted]
    if len(found) > 1:
        raise ConfigError(
            f"plain behave runs the features of one platform at a time, and these belong to {', '.join(found)}: "
            f"name one folder, such as `behave features/{found[0]}`, or set {PLATFORM_VARIABLE}, or use `ringmaster run`"
        )
    for folder in (steps / COMMON, *(steps / name for name in found)):
        if folder.is_dir():
            _load(folder)


def _platforms_of(arguments: Sequence[str], root: Path) -> set[str]:
    paths = [path for argument in arguments if (path := Path(argument.split(":")[0])).exists()] or [root / "features"]
    found = {platform_of(path, root / "features") for path in paths} - {None}
    if any(path.resolve() == root / "features" or path.resolve() == root for path in paths):
        found |= {name for name in platform_names() if (root / "features" / name).is_dir()}
    return {str(name) for name in found}


def _nearest_steps(feature: Path) -> Path:
    begin = feature.resolve().parent
    for folder in (begin, *begin.parents):
        if (folder / STEPS).is_dir():
            return folder / STEPS
    raise NoStepsFolder(f"there is no folder '{STEPS}' in {begin} or above it, which would hold the steps")


def _load(folder: Path) -> None:
    problems = registry.error_handler
    problems.clear()
    # a module may import what stands beside it, and what stands in the platform's folder
    with PathManager([str(folder)]), _forgetting_modules_of(folder, and_below=is_platforms(folder)):
        load_step_modules([str(folder)])
        for each in inner_folders(folder):
            with _nearest_first(each, folder), _forgetting_modules_of(each):
                load_step_modules([str(each)])
    if problems.bad_step_definitions:
        bad = problems.bad_step_definitions[0]
        raise MistakenStep(f"{bad.location}: the pattern of {bad.describe()} cannot be read")


def _from_here(folder: Path) -> Path:
    return folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder


@contextmanager
def _forgetting_modules_of(folder: Path, *, and_below: bool = False) -> Iterator[None]:
    """Two platforms may each have a module of one name that their step modules import, and so may two folders of one platform."""
    before = set(sys.modules)
    try:
        yield
    finally:
        for name in set(sys.modules) - before:
            place = _place_of(sys.modules[name])
            if place == folder or (and_below and place is not None and folder in place.parents):
                del sys.modules[name]


@contextmanager
def _nearest_first(folder: Path, platforms: Path) -> Iterator[None]:
    """Modules of the folder are imported, even if one of that name was imported from the platform's folder already."""
    names = {file.stem for file in folder.glob("*.py")} & set(sys.modules)
    hidden = {name: sys.modules.pop(name) for name in names if _place_of(sys.modules[name]) == platforms}
    try:
        yield
    finally:
        sys.modules.update(hidden)


def _place_of(module: ModuleType) -> Path | None:
    """The folder that a module stands in; of a folder that is imported itself, that folder."""
    if file := getattr(module, "__file__", None):
        return Path(file).parent
    return next(map(Path, getattr(module, "__path__", ())), None)
