"""Faults of the network between two containers: packets are dropped or refused in the network of one of them, by a helper that joins it.

The services themselves may do nothing of the kind, and nothing stands between them while all is well. What is late goes through a small
proxy of ours (see `environments.compose.late_proxy`), since not every kernel can delay packets. A service that is started again has a new
network, without faults. Rules are in chains of whoever made them, so that scenarios beside each other heal only their own.
"""

import contextlib
import secrets
from collections.abc import Callable, Sequence
from pathlib import Path

from environments.compose.containers import Containers
from environments.compose.docker_containers import Seen, refusals
from environments.compose.rendering import network_of
from environments.errors import SubstrateError
from environments.left_overs.containers import RUN_LABEL

HELPER = ("run", "--rm", "--user", "0:0", "--cap-drop", "ALL", "--cap-add", "NET_ADMIN", "--cap-add", "NET_RAW", "--read-only")
HELPER_LABEL, MAKER_LABEL = "ringmaster.helps", "ringmaster.fault"
LOCK = ("--env", "XTABLES_LOCKFILE=/dev/shm/xtables.lock")
CHAINS = {"in": ("filter", "INPUT"), "out": ("filter", "OUTPUT"), "late": ("nat", "PREROUTING")}
PORTS_OF_PROXIES = range(1, 1000)
"""No service of ours has one. A container may take them without any right."""


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
        self._rules(other, f"in --source {address} --jump DROP", f"out --dst {address} --jump DROP")

    def refuse(self, caller: str, called: str) -> None:
        """Connections are refused, and those that are open are reset."""
        self._rules(called, f"in --source {self._address(caller)} --protocol tcp --jump REJECT --reject-with tcp-reset")

    def lose(self, one: str, other: str, share: float) -> None:
        """This share of packets gets lost, in both directions."""
        random = f"--match statistic --mode random --probability {share} --jump DROP"
        address = self._address(one)
        self._rules(other, f"in --source {address} {random}", f"out --dst {address} {random}")

    def lose_answers(self, caller: str, called: str) -> None:
        """What the caller sends arrives, and no answer comes back; connections can be made."""
        to = f"out --dst {self._address(caller)} --protocol tcp"
        # what opens a connection goes through
        self._rules(called, f"{to} --tcp-flags SYN SYN --jump ACCEPT", f"{to} --jump DROP")

    def delay(self, caller: str, called: str, seconds: float) -> None:
        """Everything that new connections carry comes that much later, in both directions."""
        self._note(called)
        target, port = self._identity(called), secrets.choice(PORTS_OF_PROXIES)
        self._helper(target, "--detach", "python3", "-m", "environments.compose.late_proxy", str(port), str(seconds))
        self._rules(called, f"late --source {self._address(caller)} --protocol tcp --jump REDIRECT --to-ports {port}")

    def disconnect(self, service: str) -> None:
        """Take a service off the network, as if its cable were pulled."""
        self._note(service)
        with refusals():
            self._containers.docker.engine.api.disconnect_container_from_network(
                self._identity(service), network_of(self._containers.project)
            )

    def heal(self) -> None:
        """End all faults that were made here. Idempotent."""
        self._heal_made(self._noted)

    def heal_all(self) -> None:
        """End the faults that were made anywhere in this run."""
        for noted in self._folder.glob("*"):
            self._heal_made(noted)

    def _heal_made(self, noted: Path) -> None:
        for service in _read(noted):
            with contextlib.suppress(SubstrateError):
                self._heal(service, noted.name)
        noted.unlink(missing_ok=True)

    def _heal(self, service: str, maker: str) -> None:
        (found,) = self._containers.seen(service=service)
        api = self._containers.docker.engine.api
        with refusals():
            for helper in api.containers(filters={"label": [f"{HELPER_LABEL}={found.identity}", f"{MAKER_LABEL}={maker}"]}):
                api.remove_container(helper["Id"], force=True)
            if network_of(self._containers.project) not in api.inspect_container(found.identity)["NetworkSettings"]["Networks"]:
                address = self._containers.service(service).container.address
                api.connect_container_to_network(
                    found.identity, network_of(self._containers.project), ipv4_address=address, aliases=[service]
                )
        if not found.ended:
            self._helper(found.identity, "sh", "-c", "; ".join([*map(_without, CHAINS, [maker] * len(CHAINS)), "true"]))

    def _rules(self, service: str, *rules: str) -> None:
        """Each rule is one of CHAINS and what iptables is to append to it; the first that fits counts."""
        self._note(service)
        maker = self._noted.name
        chains = {rule.split()[0]: None for rule in rules}
        commands = [*(_with(chain, maker) for chain in chains), *(_appended(rule, maker) for rule in rules)]
        self._helper(self._identity(service), "sh", "-c", " && ".join(commands))

    def _helper(self, target: str, *command: str) -> None:
        detach = ("--detach",) if command[0] == "--detach" else ()
        marks = {RUN_LABEL: self._containers.docker.run_id, HELPER_LABEL: target, MAKER_LABEL: self._noted.name}
        labels = [word for name, value in marks.items() for word in ("--label", f"{name}={value}")]
        run = (*HELPER, *LOCK, *detach, *labels, "--network", f"container:{target}", self._image(), *command[len(detach) :])
        self._containers.docker.engine.run(*run)

    def _address(self, service: str) -> str:
        with refusals():
            found = self._containers.docker.engine.api.inspect_container(self._identity(service))
        address = found["NetworkSettings"]["Networks"].get(network_of(self._containers.project), {}).get("IPAddress")
        if not address:
            raise SubstrateError(f"{service} is not on the network: is it stopped, or disconnected?")
        return str(address)

    def _identity(self, service: str) -> str:
        seen: list[Seen] = self._containers.seen(service=self._containers.service(service).name)
        if not seen:
            raise SubstrateError(f"the container of {service} is gone")
        return seen[0].identity

    def _note(self, service: str) -> None:
        self._folder.mkdir(exist_ok=True)
        if service not in _read(self._noted):
            with self._noted.open("a", encoding="utf-8") as noted:
                noted.write(f"{service}\n")


def _with(chain: str, maker: str) -> str:
    table, builtin = CHAINS[chain]
    made = f"iptables --table {table} --new-chain {chain}-{maker} 2>/dev/null"
    return f"if {made}; then iptables --table {table} --insert {builtin} --jump {chain}-{maker}; fi"


def _appended(rule: str, maker: str) -> str:
    chain, rest = rule.split(maxsplit=1)
    return f"iptables --table {CHAINS[chain][0]} --append {chain}-{maker} {rest}"


def _without(chain: str, maker: str) -> str:
    table, builtin = CHAINS[chain]
    acts = (f"--delete {builtin} --jump", "--flush", "--delete-chain")
    # a service that was started again has none of it
    return "; ".join(f"iptables --table {table} {act} {chain}-{maker} 2>/dev/null" for act in acts)


def _read(noted: Path) -> Sequence[str]:
    return noted.read_text(encoding="utf-8").splitlines() if noted.exists() else []
