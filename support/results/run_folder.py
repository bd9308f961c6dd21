"""The folder of one run's results, and the link to the latest one."""

import os
import secrets
from datetime import UTC, datetime
from pathlib import Path


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
        """Make the folder and point `latest` to it; raises OSError when that cannot be done."""
        self.logs.mkdir(parents=True)
        latest = self.path.parent / "latest"
        fresh = self.path.parent / f".latest-{self.run}"
        fresh.symlink_to(self.run)
        # renaming over the old link leaves no moment without one
        os.replace(fresh, latest)  # noqa: PTH105 - Path.replace follows the same call, this says what it is
