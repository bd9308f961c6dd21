"""tracebloc while it runs on a substrate: its ingestor, its queues, its addresses, its secrets. Source: our choice."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from environments.platform import RunningPlatform
from environments.platforms.tracebloc.addresses import PlatformAddresses, addresses_of

if TYPE_CHECKING:
    from environments.platforms.tracebloc.platform import Tracebloc


class RunningTracebloc(RunningPlatform):
    """See `environments.platform.RunningPlatform`."""

    platform: "Tracebloc"

    def facts(self) -> Mapping[str, str]:
        """Which ingestor step 5 of the playbook runs here, and why not the real one; which versions of the clients."""
        facts = {"environment": str(self.platform.values.get("client_env")), "ingestor": self._ingestor()}
        return facts | ({"object store": "SeaweedFS"} if self.platform.with_seaweedfs else {})

    def observed(self) -> Mapping[str, Mapping[str, str]]:
        """The settings of the queues that all share, as far as the Service Bus tells them."""
        from environments.service_bus.administration.minting import CannotMint, settings_of

        try:
            return {f"queue {queue}": settings_of(self._bus, queue) for queue in self.platform.queues}
        except CannotMint:
            return {}

    def addresses(self) -> Mapping[str, str]:
        """How people reach it, without secrets."""
        names = ("backend_url", "object_store_url", "service_bus_control_url", "mail_folder")
        return {name.replace("_", " "): str(value) for name in names if (value := getattr(self._addresses, name)) is not None}

    def known_secrets(self) -> Sequence[str]:
        """What must stand in no report."""
        return [*super().known_secrets(), self._bus]

    def repair(self, deadline_seconds: float) -> str:
        """End faults that a killed scenario left in the Service Bus."""
        from environments.platforms.tracebloc.repair import end_bus_faults

        return end_bus_faults(self.substrate, deadline_seconds)

    @cached_property
    def _addresses(self) -> PlatformAddresses:
        return addresses_of(self.substrate)

    @property
    def _bus(self) -> str:
        return self._addresses.service_bus_connection_string.get_secret_value()

    def _ingestor(self) -> str:
        if (why_not := self.platform.why_missing("mysql", self.substrate)) is not None:
            return f"the reference ingestor, since {why_not}"
        reason = self.substrate.why_missing("pod-mounts")
        return "tracebloc-ingest on MariaDB" + (f", with a constant set in memory: {reason}" if reason else "")
