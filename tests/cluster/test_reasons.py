"""What a cluster says of a pod that ended or does not start, in words."""

from types import SimpleNamespace as Thing

import pytest

from environments.cluster.reasons import DELETED, NODE_LOST, why_deleted, why_ended, why_it_waits


def _pod(reason: str | None = None, message: str | None = None, conditions: tuple[Thing, ...] = (), **state: Thing) -> Thing:
    statuses = [Thing(state=Thing(**{"terminated": None, "waiting": None, **state}))] if state else None
    return Thing(status=Thing(reason=reason, message=message, conditions=list(conditions), container_statuses=statuses))


def _condition(kind: str, status: str, reason: str | None = None, message: str | None = None) -> Thing:
    return Thing(type=kind, status=status, reason=reason, message=message)


@pytest.mark.parametrize(
    ("pod", "words"),
    [
        (_pod(terminated=Thing(reason="OOMKilled", message=None)), "it took more memory than it may use (OOMKilled)"),
        (_pod("Evicted", "Usage of EmptyDir volume exceeds the limit"), "(Evicted): Usage of EmptyDir volume exceeds the limit"),
        (_pod("DeadlineExceeded", "Pod was active too long"), "it ran longer than it may (DeadlineExceeded): Pod was active too long"),
    ],
)
def test_an_end_that_the_cluster_made_is_told(pod: Thing, words: str) -> None:
    assert words in (why_ended(pod) or "")


def test_an_end_of_its_own_needs_no_more_than_its_exit_code() -> None:
    assert why_ended(_pod(terminated=Thing(reason="Error", message=None))) is None
    assert why_ended(_pod()) is None


@pytest.mark.parametrize(
    ("pod", "words"),
    [
        (
            _pod(waiting=Thing(reason="ErrImageNeverPull", message="no such image")),
            "its image cannot be pulled (ErrImageNeverPull): no such image",
        ),
        (
            _pod(waiting=Thing(reason="CreateContainerConfigError", message="root")),
            "its container cannot be made (CreateContainerConfigError): root",
        ),
        (_pod(conditions=(_condition("PodScheduled", "False", "Unschedulable", "0/2 nodes"),)), "no node can take it: 0/2 nodes"),
        (_pod(waiting=Thing(reason="ContainerCreating", message=None)), None),
    ],
)
def test_a_wait_that_will_not_end_by_itself_is_told(pod: Thing, words: str | None) -> None:
    assert why_it_waits(pod) == words


def test_a_lost_node_is_told_apart_from_a_pod_that_somebody_deleted() -> None:
    of_containers = _condition("ContainersReady", "True")
    assert why_deleted(_pod(conditions=(_condition("Ready", "False"), of_containers))) == NODE_LOST
    assert why_deleted(_pod(conditions=(_condition("Ready", "True"), of_containers))) == DELETED
    disrupted = _condition("DisruptionTarget", "True", "EvictionByEvictionAPI", "Eviction API: evicting")
    assert why_deleted(_pod(conditions=(disrupted,))) == f"{DELETED}: Eviction API: evicting"
