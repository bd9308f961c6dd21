"""A Job or a pod in the few words that security talks about."""

from typing import Any

import pytest

from support.platforms.tracebloc.workload import Workload, resources

POD: dict[str, Any] = {
    "securityContext": {"runAsNonRoot": True},
    "initContainers": [{"name": "first", "image": "a", "env": [{"name": "ONE", "value": "1"}]}],
    "containers": [
        {
            "name": "main",
            "image": "b",
            "securityContext": {"runAsUser": 0},
            "env": [{"name": "TWO", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}],
            "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}, {"name": "shared-volume", "mountPath": "/data/shared"}],
        }
    ],
    "volumes": [{"name": "tmp", "emptyDir": {}}, {"name": "host", "hostPath": {"path": "/"}}],
    "hostNetwork": True,
}
JOB = {
    "kind": "Job",
    "metadata": {"name": "j", "labels": {"app": "client"}},
    "spec": {"template": {"metadata": {"labels": {"x": "y"}}, "spec": POD}},
}


@pytest.mark.parametrize("manifest", [JOB, {"kind": "Pod", "metadata": {"name": "j", "labels": {"x": "y"}}, "spec": POD}])
def test_a_job_and_a_pod_are_looked_at_alike(manifest: dict[str, Any]) -> None:
    workload = Workload(manifest)
    assert (workload.name, workload.pod_labels) == ("j", {"x": "y"})
    assert workload.variables() == {"ONE": "1", "TWO": ""}
    assert workload.of_the_host() == ["hostNetwork", "hostPath host"]
    assert workload.chosen_users() == [0]
    assert workload.empty_folders() == ["/tmp"]
    assert len(workload.mounts("/data/shared")) == 1
    assert len(workload.contexts()) == 2


@pytest.mark.parametrize(
    ("variable", "found"),
    [
        ({"name": "POD_TOKEN_SIGNING_SECRET", "valueFrom": {"secretKeyRef": {}}}, True),
        ({"name": "INNOCENT", "value": "aB3" * 16}, True),
        ({"name": "REQUESTS_PROXY_TOKEN", "value": "a.token-with.dots-" * 4}, False),
    ],
)
def test_the_signing_secret_is_found_under_any_name(variable: dict[str, Any], found: bool) -> None:
    pod = {"containers": [{"name": "main", "image": "b", "env": [variable]}]}
    assert bool(Workload({"kind": "Pod", "metadata": {"name": "p"}, "spec": pod}).signing_secrets()) is found


def test_a_whole_secret_as_environment_is_found() -> None:
    pod = {"containers": [{"name": "main", "image": "b", "envFrom": [{"secretRef": {"name": "release-secrets"}}]}]}
    assert Workload({"kind": "Pod", "metadata": {"name": "p"}, "spec": pod}).signing_secrets()


def test_a_workload_never_shows_what_it_holds() -> None:
    assert "client" not in repr(Workload(JOB))
    assert resources("cpu=1, memory=2Gi") == {"cpu": "1", "memory": "2Gi"}


def test_a_pod_is_read_as_a_cluster_lists_it_without_its_kind() -> None:
    listed = Workload({"metadata": {"name": "p", "labels": {"x": "y"}}, "spec": POD})
    assert listed.pod == POD
    assert listed.pod_labels == {"x": "y"}
