"""The pods of a deployment are held against what its chart renders, once it is known that they may be looked at."""

from pathlib import Path

import pytest

from environments.cluster.platform_pods import ClusterAccess
from environments.errors import DeploymentRefused, SubstrateError
from environments.ledger import FOLDER_VARIABLE
from environments.remote.deployments import ExistingDeployment
from environments.services import Address
from support.commands.running_pods import HeldAgainstChart, hold_against_chart
from support.settings import Settings
from tests.remote.cluster_api import NAMESPACE, ClusterApi, kubeconfig, pod, serving

RENDERED = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: till}
spec: {template: {metadata: {labels: {app: till}}, spec: {containers: [{name: service, image: "shop:2"}]}}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: store}
spec: {template: {metadata: {labels: {app: store}}, spec: {containers: [{name: service, image: "shop:1"}]}}}
"""


@pytest.fixture
def rendered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "runs"))
    file = tmp_path / "manifests.yaml"
    file.write_text(RENDERED)
    return file


def described(tmp_path: Path, server: str, *, context: str = "staging") -> None:
    cluster = ClusterAccess(context, NAMESPACE, kubeconfig(tmp_path, server, context))
    ExistingDeployment("staging", "tracebloc", {("backend", "http"): Address("127.0.0.1", 1)}, cluster=cluster).write()


def owned(name: str, kind: str, owner: str) -> dict[str, object]:
    made = pod(name, {"app": name.partition("-")[0]})
    made["metadata"]["ownerReferences"] = [{"apiVersion": "apps/v1", "kind": kind, "name": owner, "uid": "1"}]
    return made


def test_what_runs_is_held_against_what_is_rendered(rendered: Path, tmp_path: Path) -> None:
    api = ClusterApi([owned("till-1", "ReplicaSet", "till-5f"), owned("store-0", "StatefulSet", "store")])
    with serving(api) as server:
        described(tmp_path, server)
        held = hold_against_chart("staging", rendered, Settings())
    (difference,) = held.differences
    assert (difference.where, difference.what) == (
        "pods of Deployment till",
        "the image of the container service is shop:2 on the chart, shop:1 on staging",
    )
    assert held.same == ["pods of StatefulSet store"]


def test_without_manifests_nothing_is_asked() -> None:
    assert hold_against_chart("nowhere", None, Settings()) == HeldAgainstChart()


def test_a_missing_right_ends_it_with_its_name(rendered: Path, tmp_path: Path) -> None:
    with serving(ClusterApi(rights=["list events"])) as server:
        described(tmp_path, server)
        with pytest.raises(SubstrateError, match="no right to list pods and to get pods/log in the namespace 'shop'"):
            hold_against_chart("staging", rendered, Settings())


def test_production_and_what_names_no_cluster_is_refused(rendered: Path, tmp_path: Path) -> None:
    described(tmp_path, "http://127.0.0.1:1", context="prod-eu")
    with pytest.raises(DeploymentRefused, match="looks like production"):
        hold_against_chart("staging", rendered, Settings())
    ExistingDeployment("staging", "tracebloc", {("backend", "http"): Address("127.0.0.1", 1)}).write()
    with pytest.raises(DeploymentRefused, match=r"names no \[cluster\] whose pods could be held against"):
        hold_against_chart("staging", rendered, Settings())
