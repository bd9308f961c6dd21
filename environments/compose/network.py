"""The network of a run: one address for each service that containers and scenarios alike reach it by.

Services hand out addresses (a place to download from, a queue) to scenarios as well as to each other, so a name that only containers know
would not do. A service's address is made of the loopback port that is reserved for it: what is unique there is unique here.
"""

import ipaddress
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from environments.errors import SubstrateError

POOL = [ipaddress.IPv4Network(f"10.{number}.0.0/16") for number in range(200, 255)]
RESERVED_ADDRESSES = 1024
"""Those at the beginning are for whoever needs none of its own; no service's port is that low."""
ROUTES = Path("/proc/net/route")


@dataclass(frozen=True)
class Network:
    """A network that nothing on this machine uses yet."""

    subnet: ipaddress.IPv4Network

    def address_of(self, port: int) -> str:
        """The address of the service that this loopback port is reserved for."""
        return str(self.subnet[port])

    def rendered(self, labels: Mapping[str, str]) -> dict[str, object]:
        """As a compose file has it."""
        dynamic = f"{self.subnet.network_address}/{32 - (RESERVED_ADDRESSES - 1).bit_length()}"
        return {
            "driver": "bridge",
            "labels": dict(labels),
            "ipam": {"config": [{"subnet": str(self.subnet), "ip_range": dynamic, "gateway": str(self.subnet[1])}]},
        }


def free_network() -> Network:
    """Any network of the pool that no route of this machine leads to; raises SubstrateError when all are taken."""
    taken = list(_routed(ROUTES.read_text().splitlines()[1:] if ROUTES.exists() else []))
    free = [candidate for candidate in POOL if not any(candidate.overlaps(used) for used in taken)]
    if not free:
        raise SubstrateError("no network is left for the containers: remove unused ones (`docker network prune`)")
    return Network(secrets.choice(free))


def _routed(lines: Iterable[str]) -> Iterable[ipaddress.IPv4Network]:
    for line in lines:
        fields = line.split()
        destination, mask = (int.from_bytes(bytes.fromhex(fields[place]), "little") for place in (1, 7))
        # the way to everywhere else takes nothing away
        if mask:
            yield ipaddress.IPv4Network((destination, mask.bit_count()), strict=False)
