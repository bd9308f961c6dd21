"""The pods of a run's own services: told apart from those of groups, and found by whoever is told where they are."""

from pathlib import Path

from environments.cluster.api import Api
from environments.cluster.platform_pods import PlatformPods
from environments.kind.cluster import RunningCluster
from environments.kind.objects import RunObjects
from environments.kind.own_pods import RunPods
from environments.kind.workloads import labels_of
from tests.remote.cluster_api import NAMESPACE, ClusterApi, kubeconfig, pod, serving


def test_they_are_told_apart_and_found_by_others(tmp_path: Path) -> None:
    api = ClusterApi(
        [
            pod("till-1", labels_of("run-1", "till", None)),
            pod("till-of-a-group-1", labels_of("run-1", "till-abc", "abc")),
            pod("job-1", {"job-name": "job-1"}),
        ]
    )
    with serving(api) as server:
        file = kubeconfig(tmp_path, server, "kind-run-1", "kind-run-1")
        cluster = RunningCluster("run-1", Api.by_kubeconfig(file), file, "kind-run-1", tmp_path, kept=False)
        own = RunPods(RunObjects(cluster.api, "run-1"), cluster, NAMESPACE, ["till", "store_room"])
        assert {service: [one["metadata"]["name"] for one in pods] for service, pods in own.of_services().items()} == {"till": ["till-1"]}
        elsewhere = PlatformPods(own.cluster_access())
        elsewhere.ask()
        assert [one["metadata"]["name"] for one in elsewhere.of_services(["till", "store_room"])["till"]] == ["till-1"]
