"""The parts of the compose substrate that need no Docker."""

import ipaddress
import sys
from fnmatch import fnmatch
from pathlib import Path
from types import SimpleNamespace

import pytest

from environments.compose import explanations, network, packages
from environments.compose.engine import refuse_elsewhere
from environments.compose.explanations import explain
from environments.compose.packages import pinned
from environments.compose.settings import ComposeSettings
from environments.compose.site import MountedSite
from environments.embedded.ports import Ports
from environments.embedded.site import Sites
from environments.errors import SubstrateError
from environments.platforms.tracebloc.requirements import UNUSED
from environments.services import PythonModule, ServiceSpec, Volume

SAID = {
    explanations.NO_DAEMON: "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
    explanations.NOT_ALLOWED: "permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock",
    explanations.NO_ROOM: "failed to register layer: write /usr/lib/libtorch.so: no space left on device",
    explanations.PORT_TAKEN: "Bind for 127.0.0.1:8080 failed: port is already allocated",
    explanations.NO_IMAGE: "pull access denied for nowhere, repository does not exist or may require 'docker login'",
    explanations.NO_INIT: 'Error response from daemon: exec: "docker-init": executable file not found in $PATH',
    explanations.NO_LAYERS: "ERROR: Cache export is not supported for the docker driver.",
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


def test_what_only_an_earlier_python_needs_gets_into_images_too(monkeypatch: pytest.MonkeyPatch) -> None:
    here, major, minor = "redis", sys.version_info.major, sys.version_info.minor
    needs = {here: [f'backport>=4.0; python_full_version < "{major}.{minor}.1"', 'other; python_version < "3"', "both>=1"], "both": []}
    monkeypatch.setattr(packages, "_installed", lambda name: SimpleNamespace(version="7", requires=needs[name]))
    assert pinned([here]) == ["backport>=4.0", "both==7", "redis==7"]


def test_images_have_all_that_the_object_store_loads() -> None:
    from moto.moto_server.werkzeug_app import create_backend_app
    from werkzeug.test import Client

    client = Client(create_backend_app("s3"))
    mine = {"Authorization": "AWS x:y"}
    for act, path in (("put", "/bucket"), ("put", "/bucket/a"), ("get", "/bucket/a"), ("get", "/bucket"), ("delete", "/bucket/a")):
        assert getattr(client, act)(path, headers=mine).status_code < 300
    loaded = [str(Path(file).parent) for module in list(sys.modules.values()) if (file := getattr(module, "__file__", None))]
    patterns = [f"*-packages/{pattern.rstrip('/')}" for pattern in UNUSED]
    assert [folder for folder in loaded if any(fnmatch(folder, pattern) for pattern in patterns)] == []
    assert fnmatch("/usr/lib/dist-packages/moto/ec2", patterns[2])


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
    with pytest.raises(SubstrateError, match="this is Podman"):
        refuse_elsewhere("4.3.1 debian [name=seccomp,profile=default]", "", "Podman Engine,Conmon,OCI Runtime (runc),Engine,")
    refuse_elsewhere("25.0.0 Debian GNU/Linux 12 (bookworm) [name=seccomp,profile=builtin]", "unix:///run/docker.sock")


def test_a_wrong_variable_is_named() -> None:
    with pytest.raises(SubstrateError, match="RINGMASTER_COMPOSE_BASE is not a setting; there are: RINGMASTER_COMPOSE_BASE_IMAGE"):
        ComposeSettings.from_environment({"RINGMASTER_COMPOSE_BASE": "x"})
    with pytest.raises(SubstrateError, match="/nowhere is not a folder"):
        ComposeSettings.from_environment({"RINGMASTER_COMPOSE_WHEELS": "/nowhere"})
    assert not ComposeSettings.from_environment({"RINGMASTER_COMPOSE_INIT": "no"}).init


def _hex(address: str) -> str:
    return ipaddress.IPv4Address(address).packed[::-1].hex().upper()


def test_a_service_is_given_the_volumes_that_it_asks_for_and_no_other(tmp_path: Path) -> None:
    sites = Sites(tmp_path, Ports())
    sites.make_room([], [Volume("orders"), Volume("invoices")], [])
    site = MountedSite(ServiceSpec("shop", PythonModule("shop"), lambda _site: {}), sites)
    assert site.volume("orders") == tmp_path / "orders"
    assert site.mounts == {tmp_path / "orders"}
