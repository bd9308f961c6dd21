"""A chart's rendered manifests against the pods that run: ten seeded differences are found, and nothing that a cluster adds by itself."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from support.comparison.pods import UnreadableManifests, pod_differences, read_manifests, workloads

Pod = dict[str, Any]
NAMES = ("the chart", "staging")
WHERE = "pods of Deployment backend"
RENDERED = """
apiVersion: v1
kind: Service
metadata: {name: backend}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: backend}
spec:
  selector: {matchLabels: {app: backend}}
  template:
    metadata: {labels: {app: backend, team: platform}}
    spec:
      securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
      initContainers: [{name: migrate, image: "shop/backend:1.4", env: [{name: DATABASE_URL, value: x}]}]
      containers:
      - name: backend
        image: shop/backend:1.4
        env: [{name: DATABASE_URL, value: x}, {name: MAIL_HOST, valueFrom: {secretKeyRef: {name: mail, key: host}}}]
        envFrom: [{secretRef: {name: backend}}]
        securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
        resources: {limits: {cpu: 1000m, memory: 1Gi}}
        volumeMounts: [{name: shared, mountPath: /data, readOnly: true}, {name: scratch, mountPath: /tmp}]
      volumes:
      - {name: shared, persistentVolumeClaim: {claimName: shared}}
      - {name: scratch, emptyDir: {}}
      - {name: keys, secret: {secretName: keys}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: store}
spec:
  template: {metadata: {labels: {app: store}}, spec: {containers: [{name: store, image: "shop/store:1"}]}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: asleep}
spec:
  replicas: 0
  template: {metadata: {labels: {app: asleep}}, spec: {containers: [{name: asleep, image: "shop/asleep:1"}]}}
"""


@pytest.fixture
def rendered(tmp_path: Path) -> list[Any]:
    file = tmp_path / "manifests.yaml"
    file.write_text(RENDERED)
    return read_manifests(file)


def as_the_cluster_runs_it(objects: list[Any]) -> list[Pod]:
    """The pods of these objects, with all that a cluster adds."""
    backend, store, _ = (copy.deepcopy(one["spec"]["template"]) for one in objects)
    own = {"kind": "ReplicaSet", "name": "backend-6d4f9", "controller": True}
    backend["metadata"] |= {"name": "backend-6d4f9-x1", "ownerReferences": [own]}
    backend["metadata"]["labels"]["pod-template-hash"] = "6d4f9"
    backend["spec"] |= {"nodeName": "node-1", "tolerations": [{"key": "x"}], "serviceAccountName": "default", "hostNetwork": False}
    token = {"name": "kube-api-access-1abcd", "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount", "readOnly": True}
    (container,) = backend["spec"]["containers"]
    container["volumeMounts"].append(token)
    container |= {"terminationMessagePath": "/dev/termination-log", "imagePullPolicy": "IfNotPresent"}
    container["resources"] = {"limits": {"cpu": "1", "memory": "1024Mi"}, "requests": {"cpu": "1", "memory": "1Gi"}}
    backend["spec"]["volumes"] = [*backend["spec"]["volumes"], {"name": "kube-api-access-1abcd", "projected": {"sources": []}}]
    backend["spec"]["volumes"][2]["secret"]["defaultMode"] = 420
    store["metadata"] |= {"name": "store-0", "ownerReferences": [{"kind": "StatefulSet", "name": "store"}]}
    store["metadata"]["labels"] |= {
        "controller-revision-hash": "store-7",
        "statefulset.kubernetes.io/pod-name": "store-0",
        "apps.kubernetes.io/pod-index": "0",
    }
    store["spec"]["securityContext"] = {}
    of_a_job = {"metadata": {"name": "train-1", "ownerReferences": [{"kind": "Job", "name": "train"}]}, "spec": {"containers": []}}
    return [backend, copy.deepcopy(backend), store, of_a_job]


def backend_of(pods: list[Pod]) -> tuple[Pod, Pod]:
    """The second pod of the backend, and its container: one that was patched is enough."""
    return pods[1], pods[1]["spec"]["containers"][0]


def without(mapping: Pod, name: str) -> None:
    del mapping[name]


SEEDED: dict[str, tuple[Callable[[Pod, Pod], Any], str]] = {
    "a missing label": (lambda pod, _: without(pod["metadata"]["labels"], "team"), "the label team is there on the chart only"),
    "another label": (lambda pod, _: pod["metadata"]["labels"].update(tier="x"), "the label tier is there on staging only"),
    "another image": (
        lambda _, container: container.update(image="shop/backend:1.5"),
        "the image of the container backend is shop/backend:1.4 on the chart, shop/backend:1.5 on staging",
    ),
    "a pod that may run as root": (
        lambda pod, _: without(pod["spec"]["securityContext"], "runAsNonRoot"),
        "the security setting runAsNonRoot of the pod is there on the chart only",
    ),
    "a capability": (
        lambda _, container: container["securityContext"]["capabilities"].update(add=["NET_ADMIN"]),
        "the security setting capabilities.add of the container backend is there on staging only",
    ),
    "a missing variable": (
        lambda _, container: container["env"].pop(),
        "the variable MAIL_HOST of the container backend is there on the chart only",
    ),
    "a volume of the host": (
        lambda pod, _: pod["spec"]["volumes"].__setitem__(1, {"name": "scratch", "hostPath": {"path": "/var/lib"}}),
        "the volume scratch is emptyDir on the chart, hostPath /var/lib on staging",
    ),
    "a mount that can be written": (
        lambda _, container: container["volumeMounts"][0].pop("readOnly"),
        "the mount /data of the container backend is shared, read-only on the chart, shared on staging",
    ),
    "another limit": (
        lambda _, container: container["resources"]["limits"].update(memory="2Gi"),
        "the limit of memory of the container backend is 1073741824 on the chart, 2147483648 on staging",
    ),
    "a container beside it": (
        lambda pod, _: pod["spec"]["initContainers"].append({"name": "spy", "image": "spy:1"}),
        "the image of the container spy is there on staging only",
    ),
}


def found(objects: list[Any], pods: list[Pod]) -> list[str]:
    return [f"{each.where}: {each.what}" for each in pod_differences(NAMES, objects, pods)]


def test_what_a_cluster_adds_by_itself_is_no_difference(rendered: list[Any]) -> None:
    assert found(rendered, as_the_cluster_runs_it(rendered)) == []
    assert workloads(rendered) == [WHERE, "pods of StatefulSet store", "pods of Deployment asleep"]


@pytest.mark.parametrize("name", SEEDED)
def test_each_is_found_alone(name: str, rendered: list[Any]) -> None:
    pods = as_the_cluster_runs_it(rendered)
    seed, words = SEEDED[name]
    seed(*backend_of(pods))
    assert found(rendered, pods) == [f"{WHERE}: {words}"]


def test_all_ten_are_found_at_once_and_nothing_else(rendered: list[Any]) -> None:
    pods = as_the_cluster_runs_it(rendered)
    for seed, _ in SEEDED.values():
        seed(*backend_of(pods))
    assert len(SEEDED) == 10
    assert sorted(found(rendered, pods)) == sorted(f"{WHERE}: {words}" for _, words in SEEDED.values())


def test_what_does_not_run_and_what_nobody_rendered_is_told(rendered: list[Any]) -> None:
    backend, _, _, _ = as_the_cluster_runs_it(rendered)
    stranger = {"metadata": {"name": "old-1", "ownerReferences": [{"kind": "ReplicaSet", "name": "old-5c"}]}, "spec": {"containers": []}}
    assert found(rendered, [backend, stranger]) == [
        "pods of StatefulSet store: no pod of it runs on staging",
        "pods of Deployment old: runs on staging only",
    ]


@pytest.mark.parametrize("text", ["a: [", "kind: Service\nmetadata: {name: a}\n", ""])
def test_what_are_no_manifests_is_refused(text: str, tmp_path: Path) -> None:
    file = tmp_path / "manifests.yaml"
    file.write_text(text)
    with pytest.raises(UnreadableManifests, match=str(file)):
        read_manifests(file)
    with pytest.raises(UnreadableManifests):
        read_manifests(tmp_path / "nowhere.yaml")


def test_a_list_of_objects_is_read_too(tmp_path: Path) -> None:
    file = tmp_path / "manifests.yaml"
    file.write_text(yaml.safe_dump({"kind": "List", "items": [one for one in yaml.safe_load_all(RENDERED) if one]}))
    assert len(read_manifests(file)) == 3


@pytest.mark.parametrize(
    "text", ["kind: Deployment\n", "kind: Deployment\nmetadata: {name: a}\nspec: {template: 3}\n", "kind: DaemonSet\nspec: []\n"]
)
def test_what_is_only_half_of_a_manifest_is_refused(text: str, tmp_path: Path) -> None:
    file = tmp_path / "rendered.yaml"
    file.write_text("kind: Deployment\n" + text)
    with pytest.raises(UnreadableManifests, match="number 1 has no name, or no template of a pod"):
        read_manifests(file)
