"""The parts of the kind substrate that need no cluster."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from environments import ledger
from environments.cluster import context
from environments.cluster.api import Api
from environments.cluster.context import Context
from environments.compose.engine import Engine
from environments.errors import SubstrateError
from environments.kind import programs
from environments.kind.cluster import configuration, kept_folder, kept_name
from environments.kind.nodes import NodeFaults
from environments.kind.rendering import (
    LONGEST_NAME,
    Door,
    Workload,
    accounts,
    claimed_folder,
    deployment,
    dns_name,
    exposed,
    network_policy,
    variables_secret,
)
from environments.kind.runtime import NodeRuntime
from environments.kind.settings import KindSettings
from environments.left_overs.clusters import remove_cluster, remove_namespace
from environments.services import Address, HeldBack, PythonModule

SAID = {
    programs.NO_NODE_IMAGE: 'ERROR: failed to create cluster: failed to pull image "nowhere/node:v1"',
    programs.NO_ROOM: "ERROR: failed to create cluster: write /var/lib: no space left on device",
    programs.NEVER_READY: 'ERROR: failed to create cluster: could not find a log line that matches "Reached target"',
}
KUBECONFIG = """
apiVersion: v1
kind: Config
clusters:
- {name: kind-here, cluster: {server: "https://127.0.0.1:6443"}}
- {name: far, cluster: {server: "https://k8s.example.com"}}
contexts:
- {name: here, context: {cluster: kind-here, user: me}}
- {name: far, context: {cluster: far, user: me}}
- {name: prod-eu, context: {cluster: kind-here, user: me}}
users: [{name: me, user: {}}]
"""


@pytest.fixture
def workload() -> Workload:
    """One service."""
    return Workload(
        name="the_backend",
        namespace="e2e-test-run",
        image="services:1",
        runs=PythonModule("environments.service_bus"),
        user=65532,
        group=65532,
        labels={"ringmaster.run": "run", "ringmaster.service": "the_backend"},
        variables='{"KEY": "a-secret"}',
        ports={"http": 8000},
        mounts=frozenset({Path("/state/volumes/mail")}),
    )


@pytest.mark.parametrize(("meaning", "said"), SAID.items())
def test_each_failure_of_kind_is_one_sentence_with_what_helps(meaning: str, said: str) -> None:
    assert programs.explain(("create", "cluster"), f"some line\n{said}\nStack Trace:\n") == f"{meaning}. kind says: {said}"


def test_a_failure_that_nobody_knows_is_told_by_its_last_lines() -> None:
    told = programs.explain(("create", "cluster"), "\n".join(f"line {number}" for number in range(30)))
    assert told.startswith("`kind create cluster` failed; its last lines:")
    assert told.endswith("line 29")


def test_a_wrong_variable_is_named() -> None:
    with pytest.raises(SubstrateError, match="RINGMASTER_KIND_NODES is not a setting; there are: RINGMASTER_KIND_NODE_IMAGE"):
        KindSettings.from_environment({"RINGMASTER_KIND_NODES": "2"})
    with pytest.raises(SubstrateError, match="WORKERS has to be a whole number up to 10, not '-1'"):
        KindSettings.from_environment({"RINGMASTER_KIND_WORKERS": "-1"})
    with pytest.raises(SubstrateError, match="/nowhere is not a file"):
        KindSettings.from_environment({"RINGMASTER_KIND_KUBECONFIG": "/nowhere"})
    assert KindSettings.from_environment({"RINGMASTER_KIND_WORKERS": "0"}).workers == 0


def test_all_nodes_see_the_shared_folder_where_this_machine_has_it() -> None:
    made = json.loads(configuration(KindSettings(workers=2), Path("/shared")))
    assert [node["role"] for node in made["nodes"]] == ["control-plane", "worker", "worker"]
    assert {(mount["hostPath"], mount["containerPath"]) for node in made["nodes"] for mount in node["extraMounts"]} == {
        ("/shared", "/shared")
    }


def test_no_kept_folder_is_where_only_root_gets_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ledger.FOLDER_VARIABLE, "/root/.local/state/ringmaster/runs")
    assert not kept_folder().is_relative_to("/root")
    monkeypatch.setenv(ledger.FOLDER_VARIABLE, "/home/ada/.local/state/ringmaster/runs")
    assert kept_folder() == Path("/home/ada/.local/state/ringmaster/kind")


def test_a_policy_lets_held_back_pods_to_names_and_few_doors_and_nobody_to_them() -> None:
    held = HeldBack("training", {"kind": "training"}, (("store", "sql"),))
    made = network_policy(held, "here", [Door({"service": "store"}, 8000, Address("10.0.0.1", 30001))], {"run": "r"})["spec"]
    assert (made["podSelector"], made["ingress"]) == ({"matchLabels": {"kind": "training"}}, [])
    names, door, from_other_nodes = made["egress"]
    assert (from_other_nodes["to"], from_other_nodes["ports"][0]["port"]) == ([{"ipBlock": {"cidr": "10.0.0.1/32"}}], 30001)
    assert {port["port"] for port in names["ports"]} == {53}
    assert door["ports"] == [{"protocol": "TCP", "port": 8000}]
    assert door["to"] == [{"namespaceSelector": {"matchLabels": {"run": "r"}}, "podSelector": {"matchLabels": {"service": "store"}}}]


def test_what_some_clusters_can_do_is_missing_with_what_helps() -> None:
    usual = KindSettings.from_environment({})
    assert "RINGMASTER_KIND_NETWORK_POLICIES=enforced" in (usual.why_missing("network-policy") or "")
    able = KindSettings.from_environment({"RINGMASTER_KIND_NETWORK_POLICIES": "enforced"})
    assert able.why_missing("network-policy") is None
    assert "RINGMASTER_KIND_WORKERS=2" in (usual.why_missing("spare-node") or "")
    assert KindSettings(workers=2).why_missing("spare-node") is None
    assert "never lost" in (KindSettings(workers=2, context="kind-mine").why_missing("spare-node") or "")
    with pytest.raises(SubstrateError, match="NETWORK_POLICIES has to be enforced or empty, not 'yes'"):
        KindSettings.from_environment({"RINGMASTER_KIND_NETWORK_POLICIES": "yes"})


def test_a_cluster_is_kept_for_runs_that_want_the_same_nodes() -> None:
    usual = kept_name(KindSettings(node_image="node:1"))
    assert usual.startswith("e2e-test-kept-")
    assert usual == kept_name(KindSettings(node_image="node:1", keep_cluster=True))
    assert len({usual, kept_name(KindSettings(node_image="node:2")), kept_name(KindSettings(node_image="node:1", workers=2))}) == 3


@pytest.mark.parametrize(
    "found",
    [
        Context("prod", "https://127.0.0.1:1", "kind-a"),
        Context("arn:aws:eks:eu:1:cluster/PRODUCTION", "https://127.0.0.1:1", "a"),
        Context("a", "https://k8s.live.example.com", "a"),
        Context("a", "https://127.0.0.1:1", "customer-cluster"),
    ],
)
def test_what_looks_like_production_is_refused(found: Context) -> None:
    with pytest.raises(SubstrateError, match="looks like production"):
        context.refuse_production(found)


def test_a_cluster_of_another_machine_is_refused() -> None:
    with pytest.raises(SubstrateError, match="is not this machine"):
        context.refuse_production(Context("a", "https://10.0.0.1:6443", "a"))
    context.refuse_production(Context("product-tests", "https://127.0.0.1:6443", "kind-deliver"))


def test_a_context_is_looked_up_with_its_cluster(tmp_path: Path) -> None:
    file = tmp_path / "kubeconfig"
    file.write_text(KUBECONFIG)
    assert context.find("here", file) == Context("here", "https://127.0.0.1:6443", "kind-here", {"user": "me"})
    with pytest.raises(SubstrateError, match="there is no context 'nobody' in .*; there are: far, here, prod-eu"):
        context.find("nobody", file)


def test_names_of_objects_stay_apart_when_they_are_shortened() -> None:
    assert dns_name("the_backend") == "the-backend"
    upper, lower = dns_name("Client-1"), dns_name("client-1")
    assert upper != lower
    names = {dns_name("x" * 70), dns_name("x" * 71)}
    assert len(names) == 2
    assert max(map(len, names)) <= LONGEST_NAME


def test_a_pod_may_do_nothing_that_its_service_does_not_need(workload: Workload) -> None:
    pod = deployment(workload)["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert not pod["automountServiceAccountToken"]
    assert pod["securityContext"]["runAsNonRoot"]
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert container["resources"]["limits"].keys() == {"cpu", "memory"}
    assert [volume["hostPath"]["path"] for volume in pod["volumes"] if "hostPath" in volume] == ["/state/volumes/mail"]


def test_variables_stand_in_a_secret_and_nowhere_else(workload: Workload) -> None:
    assert "a-secret" in json.dumps(variables_secret(workload))
    assert "a-secret" not in json.dumps(deployment(workload))
    assert "a-secret" not in repr(workload)


def test_a_service_that_starts_pods_may_run_jobs_in_its_namespace_and_nothing_else(workload: Workload) -> None:
    made = {each["kind"]: each for each in accounts("e2e-test-run")}
    allowed = {(resource, verb) for rule in made["Role"]["rules"] for resource in rule["resources"] for verb in rule["verbs"]}
    assert {resource for resource, _ in allowed} == {"jobs", "pods", "pods/log", "events"}
    assert not {verb for resource, verb in allowed if resource != "jobs"} & {"create", "patch", "delete"}
    assert "ClusterRole" not in made
    assert made["RoleBinding"]["subjects"][0]["namespace"] == "e2e-test-run"


def test_pods_claim_a_folder_by_a_volume_of_its_namespace_alone() -> None:
    volume, claim = claimed_folder("client-pvc", "e2e-test-run", Path("/state/shared"), {"ringmaster.run": "run"})
    assert volume["spec"]["claimRef"] == {"name": "client-pvc", "namespace": "e2e-test-run"}
    assert volume["metadata"]["labels"] == {"ringmaster.run": "run"}
    assert (claim["kind"], claim["metadata"]["name"], claim["metadata"]["namespace"]) == (
        "PersistentVolumeClaim",
        "client-pvc",
        "e2e-test-run",
    )
    assert "volumeName" not in claim["spec"]


def test_a_service_is_reached_on_a_port_that_the_cluster_chooses() -> None:
    made = exposed("the_backend", "e2e-test-run", {"ringmaster.run": "run"}, {"http": 8000})
    assert made["spec"]["type"] == "NodePort"
    assert made["spec"]["ports"] == [{"name": "http", "port": 8000, "targetPort": 8000}]


def test_nothing_is_removed_that_is_not_ours() -> None:
    assert remove_cluster("somebody-elses") == []
    with pytest.raises(ValueError, match="is not one of ours"):
        remove_namespace(None, "default")  # type: ignore[arg-type]


def test_a_lost_node_runs_no_service_and_comes_back_once(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr("environments.kind.nodes.wait_for_nodes", lambda _api, names, _seconds: said.append(f"wait {names}"))
    engine = SimpleNamespace(run=lambda *words: said.append(" ".join(words)))
    faults = NodeFaults(cast(Api, None), cast(Engine, engine), "worker")
    with pytest.raises(SubstrateError, match="runs the platform's services, too"):
        faults.lose("worker")
    faults.lose("worker2")
    faults.heal()
    faults.heal()
    assert said == ["pause worker2", "unpause worker2", "wait ['worker2']"]


class Node:
    """Stands in for Docker: what runs in a node fails like this."""

    def __init__(self, said: str) -> None:
        self._said = said

    def run(self, *_arguments: str) -> str:
        """See `Engine`."""
        raise SubstrateError(f"`docker exec` failed; its last lines:\n  | {self._said}")


def test_a_container_that_has_ended_by_itself_needs_no_kill() -> None:
    NodeRuntime(Node("ctr: no running task found: task 8c2d not found: not found")).kill("node", "8c2d")  # type: ignore[arg-type]
    with pytest.raises(SubstrateError, match="No such container: node"):
        NodeRuntime(Node("Error response from daemon: No such container: node")).kill("node", "8c2d")  # type: ignore[arg-type]
