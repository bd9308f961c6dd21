"""The parts of the compose substrate that need no Docker."""

import ipaddress
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from environments.compose import explanations, network
from environments.compose.engine import refuse_elsewhere
from environments.compose.explanations import explain
from environments.compose.packages import pinned
from environments.compose.settings import ComposeSettings
from environments.errors import SubstrateError

SAID = {
    explanations.NO_DAEMON: "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
    explanations.NOT_ALLOWED: "permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock",
    explanations.NO_ROOM: "failed to register layer: write /usr/lib/libtorch.so: no space left on device",
    explanations.PORT_TAKEN: "Bind for 127.0.0.1:8080 failed: port is already allocated",
    explanations.NO_IMAGE: "pull access denied for nowhere, repository does not exist or may require 'docker login'",
    explanations.NO_INIT: 'Error response from daemon: exec: "docker-init": executable file not found in $PATH',
    explanations.NO_NETWORK: "Error response from daemon: Pool overlaps with other one on this address space",
}


@pytest.mark.parametrize(("meaning", "said"), SAID.items())
def test_each_failure_of_docker_is_one_sentence_with_what_helps(meaning: str, said: str) -> None:
    assert explain(("compose", "up"), f"some line\n{said}\n") == f"{meaning}. Docker says: {said}"


def test_a_failure_that_nobody_knows_is_told_by_its_last_lines() -> None:
    told = explain(("build", "x"), "\n".join(f"line {number}" for number in range(30)))
    assert told.startswith("`docker build` failed; its last lines:")
    assert told.count("\n") == explanations.LINES_OF_A_FAILURE
    assert told.endswith("line 29")


def test_a_network_is_one_that_no_route_leads_to(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    routes = ["Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask"]
    routes += [f"x\t{_hex(f'10.{number}.0.0')}\t0\t1\t0\t0\t0\t{_hex('255.255.0.0')}" for number in range(200, 254)]
    routes.append("x\t00000000\t0100000A\t3\t0\t0\t0\t00000000")
    (tmp_path / "route").write_text("\n".join(routes))
    monkeypatch.setattr(network, "ROUTES", tmp_path / "route")
    assert str(network.free_network().subnet) == "10.254.0.0/16"
    (tmp_path / "route").write_text("\n".join([*routes, f"x\t{_hex('10.254.7.0')}\t0\t1\t0\t0\t0\t{_hex('255.255.255.0')}"]))
    with pytest.raises(SubstrateError, match="docker network prune"):
        network.free_network()


def test_services_have_addresses_of_their_own_apart_from_those_without() -> None:
    chosen = network.Network(ipaddress.IPv4Network("10.201.0.0/16"))
    rendered = chosen.rendered({})
    (config,) = rendered["ipam"]["config"]  # type: ignore[index]
    dynamic = ipaddress.IPv4Network(config["ip_range"])
    assert ipaddress.IPv4Address(chosen.address_of(1024)) not in dynamic
    assert chosen.address_of(40000) != chosen.address_of(40001)


def test_an_image_gets_all_that_a_package_needs_in_the_versions_of_this_machine() -> None:
    lines = pinned(["httpx"])
    assert {line.split("==")[0] for line in lines} >= {"httpx", "httpcore", "anyio", "idna", "certifi", "h11"}
    with pytest.raises(SubstrateError, match="the package nobody-has-this is not installed here"):
        pinned(["nobody-has-this"])


def test_what_only_an_older_python_needs_is_in_the_image_whether_it_is_installed_here_or_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = f"python_full_version < '{sys.version_info.major}.{sys.version_info.minor}.1'"
    for name, needs in {"asks": [f"httpx; {older}", f"nobody-has-this>=4; {older}", "other; extra == 'more'"]}.items():
        folder = tmp_path / f"{name}-1.0.dist-info"
        folder.mkdir()
        lines = ["Metadata-Version: 2.1", f"Name: {name}", "Version: 1.0", *(f"Requires-Dist: {each}" for each in needs)]
        (folder / "METADATA").write_text("\n".join(lines) + "\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    lines = pinned(["asks"])
    assert {"asks==1.0", "nobody-has-this>=4", f"httpx=={version('httpx')}"} <= set(lines)
    with pytest.raises(SubstrateError, match="the package other is not installed here"):
        pinned(["asks[more]"])


@pytest.mark.parametrize(
    ("information", "host", "said"),
    [
        ("20.10.24 Debian GNU/Linux 12 (bookworm) [name=seccomp]", "", "Docker 20.10.24 is too old: 25 or newer"),
        ("27.1.1 Docker Desktop [name=seccomp]", "", "is Docker Desktop, whose network"),
        ("27.1.1 Ubuntu 24.04 LTS [name=seccomp name=rootless]", "", "is a rootless one"),
        ("27.1.1 Ubuntu 24.04 LTS [name=seccomp]", "ssh://elsewhere", "is a remote one"),
    ],
)
def test_a_docker_whose_network_cannot_be_reached_is_refused(information: str, host: str, said: str) -> None:
    with pytest.raises(SubstrateError, match=said):
        refuse_elsewhere(information, host)
    refuse_elsewhere("25.0.0 Debian GNU/Linux 12 (bookworm) [name=seccomp,profile=builtin]", "unix:///run/docker.sock")


def test_a_wrong_variable_is_named() -> None:
    with pytest.raises(SubstrateError, match="RINGMASTER_COMPOSE_BASE is not a setting; there are: RINGMASTER_COMPOSE_BASE_IMAGE"):
        ComposeSettings.from_environment({"RINGMASTER_COMPOSE_BASE": "x"})
    with pytest.raises(SubstrateError, match="/nowhere is no folder"):
        ComposeSettings.from_environment({"RINGMASTER_COMPOSE_WHEELS": "/nowhere"})
    assert not ComposeSettings.from_environment({"RINGMASTER_COMPOSE_INIT": "no"}).init


def _hex(address: str) -> str:
    return ipaddress.IPv4Address(address).packed[::-1].hex().upper()
