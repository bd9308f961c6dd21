"""The folder of one run's results, and the link to the latest one."""

import os
import re
import secrets
import shutil
from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

NAME = re.compile(r"(\d{8}-\d{6})-[0-9a-f]{6}")
LATEST = "latest"
PLATFORM_FILE = "platform.json"
RECORD_FILE = "run.json"
"""What no scenario sees of the platforms, see `environments.platform.Platform.observed`."""
LEAST_ROOM = 1 << 20
"""Bytes that a run has to have room for in its results folder."""


class ResultsFolderUnusable(OSError):
    """The results folder cannot be written to, or has too little room."""


class RunFolder:
    """`<results>/<run>/` with `logs/`, `junit/` and `allure-results/`; `<results>/latest` points to it."""

    def __init__(self, results: Path, run: str | None = None) -> None:
        self.run = run or f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
        self.path = (results / self.run).resolve()
        self.logs = self.path / "logs"
        self.junit = self.path / "junit"
        self.allure = self.path / "allure-results"
        self.scenarios = self.path / "scenarios"

    def create(self) -> None:
        """Make the folder and point `latest` to it; raises ResultsFolderUnusable when that cannot be done, or nothing would fit into it."""
        results = self.path.parent
        try:
            self._make()
        except OSError as error:
            raise ResultsFolderUnusable(f"the results folder {results} cannot be used ({error.strerror}): choose another") from error
        if (free := shutil.disk_usage(self.path).free) < LEAST_ROOM:
            raise ResultsFolderUnusable(f"the results folder {results} has room for {free >> 10} KiB only: make room, or choose another")

    def _make(self) -> None:
        self.logs.mkdir(parents=True)
        latest = self.path.parent / LATEST
        fresh = self.path.parent / f".latest-{self.run}"
        fresh.symlink_to(self.run)
        # renaming over the old link leaves no moment without one
        os.replace(fresh, latest)  # noqa: PTH105 - Path.replace follows the same call, this says what it is


def time_of(run: str) -> datetime | None:
    """When a run began, as its name says; None when it is not named so."""
    found = NAME.fullmatch(run)
    try:
        return datetime.fromisoformat(found[1].replace("-", "T")).replace(tzinfo=UTC) if found else None
    except ValueError:
        return None


def remove_older(results: Path, age: timedelta, *, besides: Collection[str] = ()) -> list[Path]:
    """Remove the folders of runs that began longer ago, but never the latest run's; returns them. Raises OSError.

    Nothing that is not named and made like a run's folder is touched.

    Args:
        results: the folder of all runs.
        age: how long ago a run has to have begun.
        besides: names of runs that are under way.
    """
    if not results.is_dir():
        return []
    latest = (results / LATEST).resolve()
    removed = []
    for folder, began in run_folders(results):
        if folder.resolve() == latest or folder.name in besides or datetime.now(UTC) - began < age:
            continue
        shutil.rmtree(folder)
        removed.append(folder)
    return removed


def run_folders(results: Path) -> Iterator[tuple[Path, datetime]]:
    """The folders named and made like those of runs, the oldest first, and when each began."""
    for folder in sorted(results.iterdir()) if results.is_dir() else ():
        began = time_of(folder.name)
        if began is not None and not folder.is_symlink() and (folder / "logs").is_dir():
            yield folder, began
