"""A deployment's cluster is only looked at: its pods, logs and events, as far as there are rights, and never by mistake at production."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from environments.cluster.platform_pods import ClusterAccess, PlatformPods
from environments.descriptions import UNSAID, VERSIONS
from environments.errors import DeploymentRefused, NotGiven, SubstrateError
from environments.ledger import FOLDER_VARIABLE
from environments.remote.deployments import ExistingDeployment, file_of, read_deployment
from environments.remote.guard import refuse_context
from environments.remote.substrate import RemoteSubstrate
from environments.services import Address
from environments.substrate import PODS
from tests.remote.cluster_api import NAMESPACE, ClusterApi, kubeconfig, pod, serving
from tests.remote.shop import Shop

NOON = "2026-11-27T12:00:00Z"
NOON_SECONDS = 1_795_780_800.0


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "runs"))


@pytest.fixture
def api() -> ClusterApi:
    found = ClusterApi([pod("till-1", {"app": "till"}), pod("store-room-1", {"team": "b"}), pod("other-1", {"app": "other"})])
    found.logs = {"till-1": "a customer paid\n"}
    found.events = [
        {
            "metadata": {"name": name, "namespace": NAMESPACE},
            "involvedObject": {"kind": "Pod", "name": "till-1"},
            "reason": reason,
            "message": "it happened",
            "lastTimestamp": at,
        }
        for name, reason, at in (("b", "Killing", NOON), ("a", "Pulled", "2026-11-27T11:00:00Z"))
    ]
    return found


@pytest.fixture
def server(api: ClusterApi) -> Iterator[str]:
    with serving(api) as url:
        yield url


def access(tmp_path: Path, server: str) -> ClusterAccess:
    return ClusterAccess("staging", NAMESPACE, kubeconfig(tmp_path, server), {"store_room": {"team": "b"}})


def looking(tmp_path: Path, server: str) -> PlatformPods:
    pods = PlatformPods(access(tmp_path, server))
    pods.ask()
    return pods


def test_pods_are_found_by_the_labels_that_the_file_names_and_else_by_the_usual_ones(tmp_path: Path, server: str) -> None:
    found = looking(tmp_path, server).of_services(["till", "store_room", "cellar"])
    assert {service: [one["metadata"]["name"] for one in pods] for service, pods in found.items()} == {
        "till": ["till-1"],
        "store_room": ["store-room-1"],
    }


def test_logs_and_events_since_a_moment_are_read(tmp_path: Path, server: str) -> None:
    pods = looking(tmp_path, server)
    assert pods.log("till", NOON_SECONDS) == "a customer paid\n"
    assert pods.log("cellar") is None
    assert pods.events(NOON_SECONDS - 1) == ["12:00:00 Pod till-1: Killing: it happened"]
    assert len(pods.events(0)) == 2


def test_nothing_but_looking_is_asked_of_the_cluster(tmp_path: Path, server: str, api: ClusterApi) -> None:
    pods = looking(tmp_path, server)
    pods.all(), pods.log("till"), pods.events(0)
    assert {line.split()[0] for line in api.asked if "selfsubjectaccessreviews" not in line} == {"GET"}


@pytest.mark.parametrize("missing", ["list pods", "get pods/log", "list events"])
def test_each_right_that_is_missing_is_named(missing: str, tmp_path: Path, server: str, api: ClusterApi) -> None:
    api.rights.discard(missing)
    pods = looking(tmp_path, server)
    assert list(pods.missing) == [missing]
    assert pods.why_not(missing) == f"the context 'staging' has no right to {missing} in the namespace 'shop'"
    asked = {"list pods": pods.all, "get pods/log": lambda: pods.log("till"), "list events": lambda: pods.events(0)}
    for right, ask in asked.items():
        # whose log it is says only a pod
        if missing in (right, "list pods" if right == "get pods/log" else right):
            with pytest.raises(SubstrateError, match=f"no right to {missing}"):
                ask()
        else:
            ask()


def test_a_cluster_that_does_not_answer_is_said_in_a_sentence(tmp_path: Path) -> None:
    pods = PlatformPods(access(tmp_path, "http://127.0.0.1:1"))
    with pytest.raises(SubstrateError, match="the cluster of the context 'staging' cannot be looked at: the cluster's API does not answer"):
        pods.ask()


def remote(tmp_path: Path, server: str, **lists: list[str]) -> RemoteSubstrate:
    listening = Address("127.0.0.1", int(server.rpartition(":")[2]))
    ExistingDeployment("staging", "shop", {("till", "http"): listening}, cluster=access(tmp_path, server)).write()
    return RemoteSubstrate(Shop({}), run_id="run-1", logs_folder=tmp_path / "logs", deployment="staging", **lists)


def test_a_run_on_the_deployment_looks_at_its_pods_and_says_what_it_may_not(tmp_path: Path, server: str, api: ClusterApi) -> None:
    api.rights.discard("get pods/log")
    substrate = remote(tmp_path, server)
    try:
        substrate.start()
        assert substrate.why_missing(PODS) is None
        assert [one["metadata"]["name"] for one in substrate.own_pods.of_services()["till"]] == ["till-1"]
        assert substrate.events(0)
        assert substrate.own_pods.facts() == {"cluster": "context staging, namespace shop; no right to get pods/log"}
        with pytest.raises(SubstrateError, match="no right to get pods/log"):
            substrate.logs("till")
        till = substrate.described()["service till"]
        assert (till["image"], till["port http"], till["user"]) == ("shop", "open", "not held back")
        assert str(substrate.why_missing("cluster")).startswith("what scenarios add to a deployment")
    finally:
        substrate.stop()


def test_a_scenario_that_needs_a_log_which_nobody_can_read_here_is_skipped(tmp_path: Path) -> None:
    ExistingDeployment("staging", "shop", {("till", "http"): Address("127.0.0.1", 1)}).write()
    substrate = RemoteSubstrate(Shop({}), run_id="run-1", logs_folder=tmp_path / "logs", deployment="staging")
    with pytest.raises(NotGiven, match="needs logs: only whoever runs the deployment can read the log of its till"):
        substrate.logs("till")
    # one that is not there is a mistake of the step
    with pytest.raises(SubstrateError, match="no log of a service 'tills'"):
        substrate.logs("tills")


def test_without_the_right_to_see_pods_the_capability_is_missing_with_every_right(tmp_path: Path, server: str, api: ClusterApi) -> None:
    api.rights.clear()
    substrate = remote(tmp_path, server)
    try:
        substrate.start()
        words = "no right to list pods and to get pods/log and to list events in the namespace 'shop'"
        assert substrate.why_missing(PODS) == f"the context 'staging' has {words}"
    finally:
        substrate.stop()


def test_a_deployment_without_a_cluster_says_so(tmp_path: Path) -> None:
    ExistingDeployment("staging", "shop", {("till", "http"): Address("127.0.0.1", 1)}).write()
    substrate = RemoteSubstrate(Shop({}), run_id="run-1", logs_folder=tmp_path, deployment="staging")
    assert substrate.why_missing(PODS) == "the deployment's file names no [cluster] whose pods could be looked at"
    assert substrate.own_pods.of_services() == {}
    assert (substrate.events(0), substrate.own_pods.facts()) == ([], {})
    unsaid = {"port http": "open", UNSAID: "image, variables, security, limits"}
    assert substrate.described() == {"service till": unsaid, VERSIONS: {UNSAID: VERSIONS}}


@pytest.mark.parametrize(
    ("name", "cluster", "server", "namespace", "words"),
    [
        ("prod-eu", "farm", "https://127.0.0.1:1", "shop", "the context 'prod-eu' looks like production"),
        ("arn:aws:eks:eu:1:cluster/PRODUCTION", "farm", "https://127.0.0.1:1", "shop", "looks like production"),
        ("staging", "live2", "https://127.0.0.1:1", "shop", "the cluster 'live2' looks like production"),
        ("staging", "farm", "https://k8s.customers.example.com", "shop", "looks like production"),
        ("staging", "farm", "https://127.0.0.1:1", "shop-prod", "the namespace 'shop-prod' looks like production"),
        ("staging", "farm", "https://10.0.0.7:6443", "shop", "is not this machine, and no setting allows it"),
        ("staging", "farm", "https://localhost.example.com", "shop", "is not this machine, and no setting allows it"),
    ],
)
def test_a_cluster_that_must_not_be_looked_at_is_refused_before_the_first_request(
    name: str, cluster: str, server: str, namespace: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked(*_arguments: object, **_options: object) -> NoReturn:
        pytest.fail("somebody was asked")

    for one in ("create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, one, asked)
    cluster_access = ClusterAccess(name, namespace, kubeconfig(tmp_path, server, name, cluster))
    deployment = ExistingDeployment("staging", "shop", {("till", "http"): Address("127.0.0.1", 1)}, cluster=cluster_access)
    # whoever allows it may still be mistaken, but for the name
    with pytest.raises(DeploymentRefused) as refusal:
        refuse_context(deployment, ["other"] if "no setting" in words else [name])
    assert words in str(refusal.value)
    deployment.write()
    with pytest.raises(DeploymentRefused):
        RemoteSubstrate(Shop({}), run_id="run-1", logs_folder=tmp_path, deployment="staging")


def test_a_context_that_the_settings_allow_may_lead_elsewhere(tmp_path: Path) -> None:
    there = ClusterAccess("staging", "shop", kubeconfig(tmp_path, "https://10.0.0.7:6443"))
    refuse_context(ExistingDeployment("staging", "shop", {}, cluster=there), ["staging"])


def test_an_unknown_context_leads_to_the_known_ones(tmp_path: Path) -> None:
    there = ClusterAccess("stagign", "shop", kubeconfig(tmp_path, "https://127.0.0.1:1"))
    with pytest.raises(DeploymentRefused, match="there is no context 'stagign' in .*; there are: staging"):
        refuse_context(ExistingDeployment("staging", "shop", {}, cluster=there), [])


def test_where_the_cluster_is_stands_in_the_file_and_is_read_again(tmp_path: Path) -> None:
    there = ClusterAccess("staging", "shop", kubeconfig(tmp_path, "https://127.0.0.1:1"), {"store_room": {"team": "b", "tier": "back"}})
    ExistingDeployment("staging", "shop", {("till", "http"): Address("127.0.0.1", 1)}, cluster=there).write()
    assert read_deployment("staging").cluster == there


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[cluster]\ncontext = "a"\n', r"\[cluster\] has to say `context` and `namespace`"),
        ('[cluster]\ncontext = "a"\nnamespace = "b"\nfile = "c"\n', r"\[cluster\] has to say"),
        ('[cluster]\ncontext = "a"\nnamespace = "b"\nkubeconfig = "/nowhere"\n', "the `kubeconfig` of .*, /nowhere, is not a file"),
        ('[pods]\ntill = "app=till"\n', r"\[pods\] needs a \[cluster\]"),
        ('[cluster]\ncontext = "a"\nnamespace = "b"\n[pods]\ntill = "till"\n', 'has to be labels such as "app=backend'),
    ],
)
def test_a_wrong_cluster_is_refused_with_its_place(text: str, words: str) -> None:
    file = file_of("staging")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_text(f'platform = "shop"\n[addresses]\n"till:http" = "127.0.0.1:1"\n{text}')
    with pytest.raises(DeploymentRefused, match=words) as refusal:
        read_deployment("staging")
    assert str(file) in str(refusal.value)
