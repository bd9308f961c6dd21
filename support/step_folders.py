"""Where step modules are: directly in `steps` and `steps/common`, and anywhere in a platform's folder `steps/<platform>`."""

from collections.abc import Iterator
from pathlib import Path

from environments.choose import platform_names

STEPS = "steps"
COMMON = "common"
"""The folder in it whose steps the features of every platform can use."""


def is_platforms(folder: Path) -> bool:
    """Whether a folder of steps is a platform's, rather than `steps`, `common` or a project's own."""
    return folder.name in platform_names()


def inner_folders(folder: Path) -> list[Path]:
    """The folders in a platform's folder of steps, in the order to load them, but for those that begin with `_` or `.`.

    Any other folder of steps has none: what projects keep in there was never loaded, and may be anything.
    """
    return list(_folders_in(folder)) if is_platforms(folder) and folder.is_dir() else []


def _folders_in(folder: Path) -> Iterator[Path]:
    for each in sorted(folder.iterdir()):
        if each.is_dir() and not each.name.startswith(("_", ".")):
            yield each
            yield from _folders_in(each)
