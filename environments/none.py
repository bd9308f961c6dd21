"""No platform: for projects that start what they need in hooks of their own, and for the runner's own tests."""

from collections.abc import Collection
from pathlib import Path
from typing import NoReturn

from environments.errors import SubstrateError
from environments.ledger import Ledger
from environments.platform import Platform
from environments.requirements import limits, refuse_unmet
from environments.services import HTTP, Address, Group
from environments.substrate import Faults, RunningGroup, Substrate

REASON = "this run has no platform (substrate none)"


class NoSubstrate(Substrate):
    """Starts nothing, but notes the run, so that processes a killed run leaves behind are found."""

    name = "none"

    def __init__(self, platform: Platform | None, *, run_id: str, logs_folder: Path, deadline_factor: float = 1.0) -> None:
        self._run_id = run_id
        self._ledger: Ledger | None = None

    def start(self) -> None:
        """Note the run."""
        if self._ledger is None:
            refuse_unmet(limits(), self.name)
            self._ledger = Ledger.open(self._run_id)

    def stop(self) -> None:
        """End whatever carries the run's mark."""
        if self._ledger is not None:
            self._ledger.close()
            self._ledger = None

    def services(self) -> list[str]:
        """None."""
        return []

    def deaths(self, *, besides: Collection[str] = ()) -> list[str]:
        """None."""
        return []

    def add_group(self, group: Group) -> RunningGroup:
        """Raises SubstrateError."""
        _refuse(f"no group {group.name} can be added")

    def wait_until_ready(self, service: str) -> None:
        """Raises SubstrateError."""
        _refuse(f"there is no service '{service}'")

    def address(self, service: str, port: str = HTTP) -> Address:
        """Raises SubstrateError."""
        _refuse(f"there is no service '{service}'")

    def volume(self, name: str) -> Path:
        """Raises SubstrateError."""
        _refuse(f"there is no volume '{name}'")

    def secret(self, name: str) -> str:
        """Raises SubstrateError."""
        _refuse(f"there is no secret '{name}'")

    def logs(self, service: str, since: float | None = None) -> str:
        """Raises SubstrateError."""
        _refuse(f"there is no log of '{service}'")

    def faults(self, service: str) -> Faults:
        """Raises SubstrateError."""
        _refuse(f"there is no service '{service}'")

    def why_missing(self, capability: str) -> str | None:
        """Why this substrate lacks every capability."""
        return REASON


def _refuse(what: str) -> NoReturn:
    raise SubstrateError(f"{what}: {REASON}")


SUBSTRATE = NoSubstrate
