"""The kind substrate with a real cluster: what runs, what it may do, what can be done to it, and what is left."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hamcrest import contains_exactly, equal_to, has_item, starts_with

from environments.cluster.api import Api
from environments.cluster.job_pods import JobPod, JobPods
from environments.cluster.reasons import DELETED
from environments.embedded.local import while_running
from environments.errors import ServiceDied, SubstrateError
from environments.kind.cluster import nodes_for_pods
from environments.kind.substrate import KindSubstrate
from environments.ledger import clean_up_left_overs
from environments.services import Group, HeldBack
from environments.substrate import RunningGroup
from support.waiting import eventually
from tests.compose.platform import COUNTING, NOTES, Broken, group
from tests.kind.conftest import new_run, of_run, small

CLAIM = NOTES._replace(claim="notes")


def test_scenarios_and_pods_reach_a_service_by_one_address(running: KindSubstrate) -> None:
    address = running.address("bus", "amqp")
    with socket.create_connection((address.host, address.port), timeout=5):
        pass
    connect = f"import socket; socket.create_connection(('{address.host}', {address.port}), 5); print('connected')"
    assert "connected" in running._running().execute("keeper", ("python3", "-c", connect))


def test_a_running_pod_has_no_power_that_its_service_does_not_need(running: KindSubstrate) -> None:
    look = running._running().execute
    status = dict(line.split(":\t", 1) for line in look("bus", ("cat", "/proc/1/status")).splitlines() if ":\t" in line)
    assert {status[name] for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {"0" * 16}
    assert status["NoNewPrivs"] == "1"
    assert status["Seccomp"] == "2"
    assert "0" not in status["Uid"].split("\t")
    assert "Read-only file system" in look("bus", ("touch", "/file"))
    assert "No such file" in look("bus", ("ls", "/var/run/secrets/kubernetes.io"))


def test_no_secret_can_be_seen_by_looking_at_a_deployment(running: KindSubstrate) -> None:
    secret = running.secret("key")
    assert running.volume("notes").joinpath("kept").read_text().strip() == secret
    found = _api(running).apps.list_deployment_for_all_namespaces(label_selector=f"ringmaster.run={running._run_id}").items
    assert len(found) >= 2
    assert secret not in str(found)


def test_a_stopped_service_is_no_death_and_starts_again_at_the_same_address(running: KindSubstrate) -> None:
    faults, address = running.faults("bus"), running.address("bus", "control")
    for end in (faults.stop, faults.kill):
        end()
        assert running.deaths() == []
        with pytest.raises(OSError, match="refused|timed out"), socket.create_connection((address.host, address.port), timeout=3):
            pass
        faults.start()
        with socket.create_connection((address.host, address.port), timeout=3):
            pass


def test_a_frozen_service_stands_still_until_it_is_resumed(running: KindSubstrate) -> None:
    added = running.add_group(Group("counting", (COUNTING,), volumes=(NOTES,)))
    added.start()
    faults, count = running.faults("counting-counting"), added.volume("notes") / "count"
    faults.pause()
    counted = count.stat().st_size
    # it counts a hundred times a second, and each look at the cluster takes some hundredths
    assert [running.deaths() for _ in range(5)] == [[]] * 5
    assert count.stat().st_size == counted
    faults.resume()
    faults.resume()
    eventually("it to count on", lambda: count.stat().st_size > counted, equal_to(True))
    added.remove()


def test_a_service_that_ends_by_itself_is_told_though_the_cluster_starts_it_again(running: KindSubstrate) -> None:
    added = running.add_group(group("short-lived"))
    added.start()
    # the first process of a pod cannot be killed from within, but what it waits for can be
    running._running().execute("keeper-short-lived", ("sh", "-c", "kill -9 -1"))
    node = nodes_for_pods(_api(running))[0]
    subprocess.run(["docker", "exec", node, "pkill", "-9", "-f", "sleep 600"], check=True, capture_output=True)
    (death, *_) = eventually("a death", lambda: running.deaths(besides=("keeper",)), lambda found: len(found) == 1)
    assert death.startswith("keeper-short-lived died with signal 9")
    added.remove()


def test_a_group_that_is_added_again_finds_its_data(running: KindSubstrate) -> None:
    first = running.add_group(group("Added-twice"))
    first.start()
    (first.volume("notes") / "own").write_text("data")
    with pytest.raises(SubstrateError, match="is there already"):
        running.add_group(group("Added-twice"))
    first.remove()
    first.remove()
    assert "keeper-Added-twice" not in running.services()
    second = running.add_group(group("Added-twice"))
    second.start()
    assert (second.volume("notes") / "own").read_text() == "data"
    second.remove()


def test_what_a_killed_worker_added_is_ended(running: KindSubstrate) -> None:
    added = running.add_group(group("orphaned"))
    added.start()
    running.faults("bus").stop()
    assert running.clean_up_after(os.getpid(), alone=True) == ["bus was down and was started again"]
    eventually("the group to be gone", lambda: _groups(running), equal_to([]))
    added.remove()


def test_a_service_that_dies_at_the_start_is_named_at_once_and_nothing_is_left(kept_cluster: Path, tmp_path: Path) -> None:
    run = new_run()
    substrate = small(run, tmp_path, Broken({}))
    with pytest.raises(ServiceDied, match=r"dying died with exit code 7; the last lines of its log:\n  \| the last words"):
        substrate.start()
    assert of_run(kept_cluster, run) == []


def test_a_killed_run_is_cleaned_up_by_the_next_one_and_nothing_else_is_touched(
    running: KindSubstrate, kept_cluster: Path, tmp_path: Path
) -> None:
    run = new_run()
    begin = (
        "import os, signal, sys; from pathlib import Path; from tests.kind.conftest import small;"
        "small(sys.argv[1], Path(sys.argv[2])).start(); os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", begin, run, str(tmp_path / "logs")], check=False, timeout=300)
    assert of_run(kept_cluster, run) == [run]
    others, deaths = of_run(kept_cluster, running._run_id), running.deaths()
    assert f"namespace {run}" in clean_up_left_overs()
    assert of_run(kept_cluster, run) == []
    assert of_run(kept_cluster, running._run_id) == others
    assert running.deaths() == deaths


@pytest.fixture
def jobs(running: KindSubstrate) -> Iterator[tuple[RunningGroup, JobPods]]:
    """A group without services, and the Jobs of its namespace."""
    added = running.add_group(Group("jobs", (), volumes=(CLAIM,)))
    yield added, added.cluster._jobs  # type: ignore[attr-defined]
    added.remove()


def test_a_pod_that_is_deleted_has_failed_and_no_other_takes_its_place(running: KindSubstrate, jobs: tuple[RunningGroup, JobPods]) -> None:
    added, own = jobs
    assert own.create(_job(running, "long", "sleep 600"))
    assert not own.create(_job(running, "long", "sleep 600"))
    eventually("the pod to run", lambda: [pod.phase for pod in added.cluster.pods({"kind": "test"})], equal_to(["Running"]))
    position, _ = own.listed({"kind": "test"})
    watched = own.changes({"kind": "test"}, position, 30)
    own.kill("long")
    seen: list[JobPod] = [next(watched)[1]]
    assert [(pod.name, pod.phase, pod.exit_code) for pod in seen] == [("long", "Failed", 137)]
    assert [pod.phase for pod in added.cluster.pods({})] == ["Failed"]
    job = _api(running).batch.read_namespaced_job("long", own.namespace)
    assert job.spec.parallelism == 0


def test_a_pod_that_is_killed_does_nothing_more_from_then_on(running: KindSubstrate, jobs: tuple[RunningGroup, JobPods]) -> None:
    added, own = jobs
    own.create(_job(running, "busy", "exec sleep 54321"))
    eventually("the pod to run", lambda: [pod.phase for pod in added.cluster.pods({})], equal_to(["Running"]))
    node, _ = own.running_container("busy") or ("", "")
    look = ("exec", node, "sh", "-c", "pgrep -fx 'sleep 54321' || true")
    assert running._engine.run(*look).strip()
    added.cluster.delete_pod("busy")
    assert not running._engine.run(*look).strip()
    eventually("its end", lambda: [(pod.phase, pod.exit_code) for pod in added.cluster.pods({})], equal_to([("Failed", 137)]))


def test_a_job_shows_its_pods_end_log_and_claimed_folder(running: KindSubstrate, jobs: tuple[RunningGroup, JobPods]) -> None:
    added, own = jobs
    (added.volume("notes") / "given").write_text("what the scenario gave")
    own.create(_job(running, "short", "cat /notes/given; exit 3"))
    eventually("its end", lambda: [(pod.phase, pod.exit_code) for pod in added.cluster.pods({})], equal_to([("Failed", 3)]))
    assert added.cluster.pod_log("short") == "what the scenario gave"
    assert added.cluster.job("short")["kind"] == "Job" or added.cluster.job("short")["spec"]["backoffLimit"] == 0
    for look in (added.cluster.job, added.cluster.pod_manifest, added.cluster.delete_pod):
        with pytest.raises(SubstrateError, match="'nobody'; there are: short"):
            look("nobody")


def test_a_pod_that_is_asked_to_end_stays_listed(running: KindSubstrate, jobs: tuple[RunningGroup, JobPods]) -> None:
    added, own = jobs
    own.create(_job(running, "asked", "sleep 600"))
    eventually("the pod to run", lambda: [pod.phase for pod in added.cluster.pods({})], equal_to(["Running"]))
    own.stop("asked")
    own.stop("nobody")
    assert [(pod.name, pod.phase, pod.exit_code) for pod in added.cluster.pods({})] == [("asked", "Failed", 143)]


def test_a_full_quota_lets_no_pod_in_until_it_is_healed(running: KindSubstrate, jobs: tuple[RunningGroup, JobPods]) -> None:
    added, own = jobs
    added.cluster.faults().take_no_more_pods()
    own.create(_job(running, "late", "exit 0"))
    eventually(
        "the reason", lambda: [pod.reason for pod in own.listed({})[1]], contains_exactly(starts_with("the cluster refuses its pod"))
    )
    added.cluster.faults().heal()
    added.cluster.faults().heal()
    eventually("its end", lambda: [pod.phase for pod in added.cluster.pods({})], equal_to(["Succeeded"]), within=60)


def test_an_evicted_pod_has_failed_with_the_reason(running: KindSubstrate, jobs: tuple[RunningGroup, JobPods]) -> None:
    added, own = jobs
    own.create(_job(running, "evicted", "sleep 600"))
    eventually("the pod to run", lambda: [pod.phase for pod in added.cluster.pods({})], equal_to(["Running"]))
    position, _ = own.listed({})
    watched = own.changes({}, position, 30)
    added.cluster.faults().evict("evicted")
    assert [(pod.phase, pod.reason) for _, pod in [next(watched)]] == [("Failed", DELETED)]


@pytest.mark.skipif(
    "RINGMASTER_KIND_NETWORK_POLICIES" not in os.environ, reason="NOT TESTED: nobody says that clusters here enforce policies"
)
def test_pods_that_are_held_back_reach_their_doors_and_nobody_else(running: KindSubstrate) -> None:
    held = HeldBack("only-the-bus", {"kind": "test"}, (("bus", "amqp"),))
    added = running.add_group(Group("held-back", (), volumes=(CLAIM,), held_back=(held,)))
    door, closed = running.address("bus", "amqp"), running.address("bus", "control")
    tries = [(door.host, door.port), (closed.host, closed.port), ("kubernetes.default.svc", 443), ("169.254.169.254", 80)]
    own: JobPods = added.cluster._jobs  # type: ignore[attr-defined]
    own.create(_job(running, "tries", "sleep 600"))
    eventually("the pod to run", lambda: [pod.phase for pod in own.listed({})[1]], equal_to(["Running"]), within=60)

    def reached() -> list[bool]:
        look = f"import socket\nsocket.setdefaulttimeout(3)\nfor at in {tries!r}: print(socket.socket().connect_ex(at))"
        return [line == "0" for line in own.execute("tries", ("python3", "-c", look)).splitlines()]

    # whoever enforces policies takes a moment to see a new pod
    eventually("the doors", reached, equal_to([True, False, False, False]), within=60)
    added.remove()


def test_a_pod_without_its_image_says_so(running: KindSubstrate, jobs: tuple[RunningGroup, JobPods]) -> None:
    _, own = jobs
    job = _job(running, "missing", "exit 0")
    job["spec"]["template"]["spec"]["containers"][0] |= {"image": "e2e-test/missing:none", "imagePullPolicy": "Never"}
    own.create(job)
    eventually("the reason", lambda: [pod.reason for pod in own.listed({})[1]], has_item(starts_with("its image cannot be pulled")))


def _job(substrate: KindSubstrate, name: str, script: str) -> dict[str, Any]:
    container = {
        "name": "it",
        "image": while_running(substrate._maker).images.services,
        "command": ["sh", "-c", script],
        "volumeMounts": [{"name": "notes", "mountPath": "/notes", "readOnly": True}],
    }
    pod = {
        "restartPolicy": "Never",
        "terminationGracePeriodSeconds": 1,
        "containers": [container],
        "volumes": [{"name": "notes", "persistentVolumeClaim": {"claimName": "notes"}}],
    }
    template = {"metadata": {"labels": {"kind": "test"}}, "spec": pod}
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name}, "spec": {"backoffLimit": 0, "template": template}}


def _api(substrate: KindSubstrate) -> Api:
    return substrate._running().objects.api


def _groups(substrate: KindSubstrate) -> list[str]:
    return [seen.group for seen in substrate._running().seen() if seen.group]
