"""No platform: for projects that start what they need in hooks of their own, and for the runner's own tests."""

from collections.abc import Collection

from environments.ledger import Ledger
from environments.substrate import Faults, InstallRequest, SecureEnvironment, Substrate, SubstrateError

REASON = "this run has no platform (substrate none)"


class NoPlatform(Substrate):
    """Starts nothing, but notes the run, so that processes a killed run leaves behind are found."""

    name = "none"
    capabilities: frozenset[str] = frozenset()

    def __init__(self, run_id: str) -> None:
        self._run_id = run_id
        self._ledger: Ledger | None = None

    def start(self) -> None:
        """Note the run."""
        self._ledger = Ledger.open(self._run_id)

    def stop(self) -> None:
        """End whatever carries the run's mark."""
        if self._ledger is not None:
            self._ledger.close()
            self._ledger = None

    def services(self) -> list[str]:
        """None."""
        return []

    def logs(self, service: str, since: float | None = None) -> str:
        """Raises SubstrateError."""
        raise SubstrateError(f"there is no log of '{service}': {REASON}")

    def faults(self, service: str) -> Faults:
        """Raises SubstrateError."""
        raise SubstrateError(f"there is no service '{service}': {REASON}")

    def deaths(self, *, besides: Collection[str] = ()) -> list[str]:
        """None."""
        return []

    def install_client(self, request: InstallRequest) -> SecureEnvironment:
        """Raises SubstrateError."""
        raise SubstrateError(f"no client can be installed: {REASON}")

    def left_out(self, capability: str) -> str:
        """Why this substrate lacks every capability."""
        return REASON
