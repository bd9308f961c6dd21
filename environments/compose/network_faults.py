"""Faults of the network between two containers: packets are dropped or refused in the network of one of them, by a helper that joins it.

The services themselves may do nothing of the kind, and nothing stands between them while all is well. What is late goes through a small
proxy of ours (see `environments.compose.late_proxy`), since not every kernel can delay packets. A service that is started again has a new
network, without faults.
"""

import contextlib
import secrets
from collections.abc import Callable, Sequence
from pathlib import Path

from environments.compose.containers import Containers, Seen, refusals
from environments.compose.late_proxy import PORT
from environments.errors import SubstrateError
from environments.left_containers import RUN_LABEL

HELPER = ("run", "--rm", "--user", "0:0", "--cap-drop", "ALL", "--cap-add", "NET_ADMIN", "--cap-add", "NET_RAW", "--read-only")
HELPER_LABEL = "ringmaster.helps"
LOCK = ("--env", "XTABLES_LOCKFILE=/dev/shm/xtables.lock")
FLUSH = "iptables --flush; iptables --table nat --flush"


class ContainerNetworkFaults:
    """What can be done to the connections of services (see `environments.substrate.NetworkFaults`)."""

    def __init__(self, containers: Containers, image: Callable[[], str], folder: Path) -> None:
        """`image` makes the helper's image when it is first needed; `folder` keeps whom to heal, should this process be killed."""
        self._containers = containers
        self._image = image
        self._folder = folder
        self._noted = folder / secrets.token_hex(8)

    def cut(self, one: str, other: str) -> None:
        """Nothing arrives any more in either direction: connections stay open and hang."""
        address = self._address(one)
        self._rules(
            other, f"iptables --insert INPUT --source {address} --jump DROP", f"iptables --insert OUTPUT --dst {address} --jump DROP"
        )

    def refuse(self, caller: str, called: str) -> None:
        """Connections are refused, and those that are open are reset."""
        tcp_reset = "--protocol tcp --jump REJECT --reject-with tcp-reset"
        self._rules(called, f"iptables --insert INPUT --source {self._address(caller)} {tcp_reset}")

    def lose(self, one: str, other: str, share: float) -> None:
        """This share of packets gets lost, in both directions."""
        random = f"--match statistic --mode random --probability {share} --jump DROP"
        address = self._address(one)
        self._rules(other, f"iptables --insert INPUT --source {address} {random}", f"iptables --insert OUTPUT --dst {address} {random}")

    def lose_answers(self, caller: str, called: str) -> None:
        """What the caller sends arrives, and no answer comes back; connections can be made."""
        to = f"OUTPUT --dst {self._address(caller)} --protocol tcp"
        # inserted last, so looked at first: what opens a connection goes through
        self._rules(called, f"iptables --insert {to} --jump DROP", f"iptables --insert {to} --tcp-flags SYN SYN --jump ACCEPT")

    def delay(self, caller: str, called: str, seconds: float) -> None:
        """Everything that new connections carry comes that much later, in both directions."""
        self._note(called)
        target = self._identity(called)
        redirect = f"PREROUTING --source {self._address(caller)} --protocol tcp --jump REDIRECT --to-ports {PORT}"
        self._helper(target, "--detach", "python3", "-m", "environments.compose.late_proxy", str(seconds))
        self._rules(called, f"iptables --table nat --insert {redirect}")

    def disconnect(self, service: str) -> None:
        """Take a service off the network, as if its cable were pulled."""
        self._note(service)
        with refusals():
            self._containers.engine.api.disconnect_container_from_network(self._identity(service), self._network())

    def heal(self) -> None:
        """End all faults that were made here. Idempotent."""
        self._heal_noted(self._noted)

    def heal_all(self) -> None:
        """End the faults that were made anywhere in this run."""
        for noted in self._folder.glob("*"):
            self._heal_noted(noted)

    def _heal_noted(self, noted: Path) -> None:
        for service in _read(noted):
            with contextlib.suppress(SubstrateError):
                self._heal(service)
        noted.unlink(missing_ok=True)

    def _heal(self, service: str) -> None:
        (found,) = self._containers.seen(service=service)
        api = self._containers.engine.api
        with refusals():
            for helper in api.containers(filters={"label": [f"{HELPER_LABEL}={found.identity}"]}):
                api.remove_container(helper["Id"], force=True)
            if self._network() not in api.inspect_container(found.identity)["NetworkSettings"]["Networks"]:
                address = self._containers.service(service).container.address
                api.connect_container_to_network(found.identity, self._network(), ipv4_address=address, aliases=[service])
        if not found.ended:
            self._helper(found.identity, "sh", "-c", FLUSH)

    def _rules(self, service: str, *commands: str) -> None:
        self._note(service)
        self._helper(self._identity(service), "sh", "-c", " && ".join(commands))

    def _helper(self, target: str, *command: str) -> None:
        detach = ("--detach",) if command[0] == "--detach" else ()
        labels = ("--label", f"{RUN_LABEL}={self._containers.run_id}", "--label", f"{HELPER_LABEL}={target}")
        run = (*HELPER, *LOCK, *detach, *labels, "--network", f"container:{target}", self._image(), *command[len(detach) :])
        self._containers.engine.run(*run)

    def _address(self, service: str) -> str:
        with refusals():
            found = self._containers.engine.api.inspect_container(self._identity(service))
        address = found["NetworkSettings"]["Networks"].get(self._network(), {}).get("IPAddress")
        if not address:
            raise SubstrateError(f"{service} is not on the network: is it stopped, or disconnected?")
        return str(address)

    def _identity(self, service: str) -> str:
        seen: list[Seen] = self._containers.seen(service=self._containers.service(service).name)
        if not seen:
            raise SubstrateError(f"the container of {service} is gone")
        return seen[0].identity

    def _network(self) -> str:
        return f"{self._containers.project}_platform"

    def _note(self, service: str) -> None:
        self._folder.mkdir(exist_ok=True)
        if service not in _read(self._noted):
            with self._noted.open("a", encoding="utf-8") as noted:
                noted.write(f"{service}\n")


def _read(noted: Path) -> Sequence[str]:
    return noted.read_text(encoding="utf-8").splitlines() if noted.exists() else []
