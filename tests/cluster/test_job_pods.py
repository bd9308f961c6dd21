"""The pods of Jobs, with a stand-in for the cluster's API: what counts as their end, and that a deleted one gets no successor."""

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace as Thing
from typing import Any

import pytest
from kubernetes.client.exceptions import ApiException
from kubernetes.watch import Watch

from environments.cluster.api import Api, ApiRefused, refusals
from environments.cluster.job_pods import GIVEN_UP, JobPods
from environments.cluster.reasons import NODE_LOST
from environments.platforms.tracebloc.launchers.kubernetes import GRACE_SECONDS, KubernetesLauncher
from environments.platforms.tracebloc.launchers.launcher import LauncherUnavailable

NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Cluster:
    """Stands in for the API's `core` and `batch` and the client, as far as JobPods asks them."""

    def __init__(self) -> None:
        self.jobs: dict[str, Thing] = {}
        self.pods: list[Thing] = []
        self.created: list[Any] = []
        self.events: list[Thing] = []
        self.core = self.batch = self.client = self

    def add(self, name: str, *phases: str) -> None:
        """A Job, and a pod of it for each phase, the oldest first."""
        labels = {"app": "x", "job-name": name, "controller-uid": "1"}
        metadata = Thing(name=name, namespace="here", annotations=None, creation_timestamp=NOW)
        status = Thing(succeeded=None, failed=None)
        self.jobs[name] = Thing(metadata=metadata, status=status, spec=Thing(template=Thing(metadata=Thing(labels=labels)), parallelism=1))
        self.pods += [pod(name, phase, number) for number, phase in enumerate(phases)]

    def list_namespaced_pod(self, _place: str, **_options: object) -> Thing:
        return Thing(items=list(self.pods), metadata=Thing(resource_version="7"))

    def list_namespaced_job(self, _place: str, **_options: object) -> Thing:
        return Thing(items=list(self.jobs.values()))

    def list_namespaced_event(self, _place: str, **_options: object) -> Thing:
        return Thing(items=self.events)

    def read_namespaced_job(self, name: str, _place: str, **_options: object) -> Thing:
        if name not in self.jobs:
            raise ApiException(status=404, reason="Not Found")
        return self.jobs[name]

    def patch_namespaced_job(self, name: str, _place: str, patch: dict[str, Any], **_options: object) -> None:
        self.jobs[name].metadata.annotations = patch["metadata"]["annotations"]
        self.jobs[name].spec.parallelism = patch["spec"]["parallelism"]

    def create_namespaced_job(self, _place: str, manifest: dict[str, Any], **_options: object) -> None:
        if manifest["metadata"]["name"] in self.jobs:
            raise ApiException(status=409, reason="Conflict")
        self.created.append(manifest)

    def plain(self, thing: Thing) -> dict[str, Any]:
        return {"metadata": {"annotations": thing.metadata.annotations}}


def pod(job: str, phase: str, number: int = 0, exit_code: int | None = None, deleted: bool = False) -> Thing:
    """A pod of a Job."""
    ended = Thing(exit_code=exit_code, started_at=NOW, finished_at=NOW, reason=None, message=None) if exit_code is not None else None
    runs = Thing(started_at=NOW) if phase == "Running" else None
    metadata = Thing(
        name=f"{job}-{number}",
        labels={"app": "x", "job-name": job, "controller-uid": "1"},
        creation_timestamp=NOW + timedelta(seconds=number),
        deletion_timestamp=NOW if deleted else None,
        resource_version=str(10 + number),
    )
    container = Thing(state=Thing(terminated=ended, running=runs), container_id=f"containerd://{job}-{number}-in-the-runtime")
    return Thing(metadata=metadata, spec=Thing(node_name="a-node"), status=Thing(phase=phase, container_statuses=[container]))


@pytest.fixture
def cluster() -> Cluster:
    """A cluster without anything."""
    return Cluster()


@pytest.fixture
def jobs(cluster: Cluster) -> JobPods:
    """The Jobs of a namespace of it."""
    return JobPods(cluster, "here")  # type: ignore[arg-type]


def _events(monkeypatch: pytest.MonkeyPatch, *events: tuple[str, Thing]) -> None:
    monkeypatch.setattr(Watch, "stream", lambda *_all, **_named: iter([{"type": kind, "object": thing} for kind, thing in events]))


def test_a_pod_is_known_by_its_job_with_its_containers_end(cluster: Cluster, jobs: JobPods) -> None:
    cluster.add("waits")
    cluster.add("fails")
    cluster.pods.append(pod("fails", "Failed", exit_code=3))
    position, shown = jobs.listed({"app": "x"})
    assert position == "7"
    assert [(each.name, each.phase, each.exit_code) for each in shown] == [("waits", "Pending", None), ("fails", "Failed", 3)]
    assert shown[1].finished_at == NOW.timestamp()
    assert shown[1].labels == {"app": "x", "job-name": "fails"}
    assert jobs.listed({"app": "y"})[1] == []


def test_a_job_whose_pod_is_not_taken_says_why_it_waits(cluster: Cluster, jobs: JobPods) -> None:
    cluster.add("waits")
    cluster.events.append(Thing(message="exceeded quota: full"))
    assert [each.reason for each in jobs.listed({})[1]] == ["the cluster refuses its pod: exceeded quota: full"]


def _lost(name: str) -> Thing:
    lost = pod(name, "Running")
    lost.status.conditions = [Thing(type="Ready", status="False"), Thing(type="ContainersReady", status="True")]
    return lost


def test_a_pod_whose_node_is_lost_has_failed_and_the_reason_is_kept(
    cluster: Cluster, jobs: JobPods, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster.add("it", "Running")
    _events(monkeypatch, ("MODIFIED", _lost("it")))
    assert [(changed.phase, changed.reason) for _, changed in jobs.changes({}, "7", 5)] == [("Failed", NODE_LOST)]
    assert [(each.exit_code, each.reason) for each in jobs.listed({})[1]] == [(137, NODE_LOST)]


def test_a_node_that_was_lost_before_anybody_watched_is_noticed(cluster: Cluster, jobs: JobPods) -> None:
    cluster.add("it")
    cluster.pods.append(_lost("it"))
    assert [(each.phase, each.reason) for each in jobs.listed({})[1]] == [("Failed", NODE_LOST)]
    assert cluster.jobs["it"].spec.parallelism == 0


@pytest.mark.parametrize("event", [("DELETED", pod("it", "Running")), ("MODIFIED", pod("it", "Running", deleted=True))])
def test_a_pod_that_is_deleted_has_failed_and_gets_no_successor(
    cluster: Cluster, jobs: JobPods, monkeypatch: pytest.MonkeyPatch, event: tuple[str, Thing]
) -> None:
    cluster.add("it", "Running")
    successor = pod("it", "Running", number=1)
    _events(monkeypatch, event, ("ADDED", successor))
    seen = [changed for _, changed in jobs.changes({}, "7", 5)]
    assert [(each.phase, each.exit_code) for each in seen] == [("Failed", 137)] * 2
    assert cluster.jobs["it"].spec.parallelism == 0
    cluster.pods = [successor]
    (listed,) = jobs.listed({})[1]
    assert (listed.phase, listed.exit_code, listed.finished_at is not None) == ("Failed", 137, True)


def test_a_pod_that_was_asked_to_end_is_told_so_by_whoever_watches(
    cluster: Cluster, jobs: JobPods, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster.add("it", "Running")
    jobs.stop("it")
    jobs.stop("nobody")
    assert cluster.jobs["it"].metadata.annotations[GIVEN_UP].startswith("143 ")
    _events(monkeypatch, ("MODIFIED", pod("it", "Running", deleted=True)))
    watcher = JobPods(cluster, "here")  # type: ignore[arg-type]
    assert [changed.exit_code for _, changed in watcher.changes({}, "7", 5)] == [143]


def test_a_pod_that_ended_before_it_was_deleted_keeps_its_end(cluster: Cluster, jobs: JobPods, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster.add("it")
    _events(monkeypatch, ("DELETED", pod("it", "Succeeded", exit_code=0)))
    assert [(changed.phase, changed.exit_code) for _, changed in jobs.changes({}, "7", 5)] == [("Succeeded", 0)]
    assert cluster.jobs["it"].spec.parallelism == 1


def test_the_launcher_starts_nothing_twice_and_gives_pods_a_moment_to_end(cluster: Cluster, jobs: JobPods) -> None:
    cluster.add("there")
    launcher = KubernetesLauncher(jobs)
    manifest = {"metadata": {"name": "new"}, "spec": {"backoffLimit": 0, "template": {"spec": {"containers": []}}}}
    assert launcher.create_job(manifest)
    assert not launcher.create_job({**manifest, "metadata": {"name": "there"}})
    (created,) = cluster.created
    assert created["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] == GRACE_SECONDS
    assert "terminationGracePeriodSeconds" not in str(manifest)


def test_the_launcher_watches_on_from_where_it_was(cluster: Cluster, jobs: JobPods, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster.add("it", "Running")
    launcher = KubernetesLauncher(jobs)
    first = launcher.watch({"app": "x"}, "", 5)
    assert (first.position, [each.phase for each in first.pods]) == ("7", ["Running"])
    _events(monkeypatch, ("MODIFIED", pod("it", "Succeeded", exit_code=0)))
    second = launcher.watch({"app": "x"}, first.position, 5)
    assert (second.position, [each.phase for each in second.pods]) == ("10", ["Succeeded"])
    _events(monkeypatch)
    quiet = launcher.watch({"app": "x"}, "10", 5)
    assert (quiet.position, [each.phase for each in quiet.pods]) == ("10", ["Running"])


def test_a_cluster_that_does_not_answer_is_an_outage(jobs: JobPods, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_all: object, **_named: object) -> None:
        raise ApiException(status=410, reason="Gone")

    monkeypatch.setattr(Watch, "stream", away)
    with pytest.raises(LauncherUnavailable, match="watching the pods: HTTP 410 Gone"):
        KubernetesLauncher(jobs).watch({}, "1", 5)


def test_refusals_are_told_in_the_clusters_own_words() -> None:
    def refuse() -> None:
        with refusals():
            error = ApiException(status=403, reason="Forbidden")
            error.body = json.dumps({"message": "jobs.batch is forbidden"})
            raise error

    with pytest.raises(ApiRefused, match=r"^jobs.batch is forbidden$") as told:
        refuse()
    assert told.value.status == 403


def test_a_command_that_the_cluster_cannot_run_is_refused_in_words() -> None:
    """As the client says it: it stumbles over an answer without a body. Source: kubernetes 36.0.3."""

    def run() -> None:
        try:
            raise ApiException(0, "Handshake status 500 Internal Server Error")
        except ApiException as error:
            error.body.decode("utf-8")

    with pytest.raises(ApiRefused, match="Handshake status 500"), refusals():
        run()
    with pytest.raises(AttributeError), refusals():
        object().body  # type: ignore[attr-defined]  # noqa: B018


def test_a_process_outside_of_a_cluster_has_no_token() -> None:
    with pytest.raises(ApiRefused, match="ConfigException"):
        Api.of_this_pod().client  # noqa: B018 - logs in


def test_a_container_that_runs_is_known_to_the_runtime_of_its_node(cluster: Cluster, jobs: JobPods) -> None:
    cluster.add("runs", "Running")
    assert jobs.running_container("runs") == ("a-node", "runs-0-in-the-runtime")


@pytest.mark.parametrize("phases", [(), ("Pending",), ("Succeeded",)])
def test_what_does_not_run_is_in_no_runtime(phases: tuple[str, ...], cluster: Cluster, jobs: JobPods) -> None:
    cluster.add("rests", *phases)
    assert jobs.running_container("rests") is None
