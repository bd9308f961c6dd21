"""Each defect of a training job's security is seen within the pod that runs, by what the scenario looks at; and none without a defect."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace as Thing
from typing import Any

import pytest
from hamcrest import equal_to

from environments.kind.pods import NamespaceCluster
from environments.kind.substrate import KindSubstrate
from environments.platform import SABOTAGE_VARIABLE
from environments.platforms.tracebloc.jobs_manager.manifests import SHARED_CLAIM, training_job
from environments.platforms.tracebloc.sabotages import Defect, EdgeSabotage
from environments.services import Group, Volume
from steps.tracebloc.secure_environments import pod_insides as steps
from support.platforms.tracebloc.playbook.security.pod_insides import look
from support.waiting import eventually
from tests.platforms.tracebloc.edge.test_manifests import settings, train_cycle

LOOKS: dict[str, Callable[[Any], None]] = {
    "power": steps.without_power,
    "calls": steps.filtered,
    "writing": steps.read_only,
    "token": steps.no_token,
    "surroundings": lambda context: steps.network_and_memory(context, "256Mi"),
}


@pytest.fixture(scope="module")
def cluster(running: KindSubstrate) -> Iterator[NamespaceCluster]:
    """The pods of a group that has a folder to share, as a secure environment has."""
    added = running.add_group(Group("training", (), volumes=(Volume("shared", claim=SHARED_CLAIM),)))
    yield added.cluster  # type: ignore[misc]
    added.remove()


@pytest.mark.parametrize(
    ("defect", "seen_by"),
    [
        (None, None),
        (EdgeSabotage.TRAINING_JOB_RUNS_AS_ROOT, "power writing"),
        (EdgeSabotage.TRAINING_JOB_KEEPS_CAPABILITIES, "power"),
        (EdgeSabotage.TRAINING_JOB_MAY_GAIN_PRIVILEGES, "power"),
        (EdgeSabotage.TRAINING_JOB_CALLS_UNFILTERED, "calls"),
        (EdgeSabotage.SHARED_FOLDER_MOUNTED_WRITABLE, "writing"),
        (EdgeSabotage.TRAINING_JOB_WRITES_TO_ITS_ROOT, "writing"),
        (EdgeSabotage.SERVICE_ACCOUNT_TOKEN_MOUNTED, "token"),
        (EdgeSabotage.TRAINING_JOB_ON_THE_NETWORK_OF_ITS_NODE, "surroundings"),
        (EdgeSabotage.TRAINING_PODS_WITHOUT_LIMITS, "surroundings"),
    ],
)
def test_a_defect_of_a_training_job_is_seen_in_the_pod_that_runs(
    running: KindSubstrate, cluster: NamespaceCluster, monkeypatch: pytest.MonkeyPatch, defect: Defect | None, seen_by: str | None
) -> None:
    monkeypatch.setenv(SABOTAGE_VARIABLE, defect or "")
    image = running._maker.images.services  # type: ignore[union-attr]
    own = settings(job_image=f"library/{image}", resource_requests="cpu=200m,memory=256Mi", resource_limits="cpu=200m,memory=256Mi")
    job = training_job(train_cycle(str(defect or "none")), "the-pod-token", own)
    job["metadata"].pop("namespace")
    job["spec"]["template"]["spec"]["containers"][0]["command"] = ["sleep", "600"]
    name = job["metadata"]["name"]
    assert cluster._jobs.create(job)
    eventually(f"{name} to run", lambda: [pod.phase for pod in cluster.pods({}) if pod.name == name], equal_to(["Running"]), within=60)
    seen = look(cluster, name, (steps.SHARED, steps.ROOT))
    cluster._jobs.delete(name)
    assert {what for what, check in LOOKS.items() if _fails(check, seen)} == set((seen_by or "").split())


def _fails(check: Callable[[Any], None], seen: object) -> bool:
    try:
        check(Thing(scene=Thing(kept=lambda _kind: seen)))
    except AssertionError:
        return True
    return False
