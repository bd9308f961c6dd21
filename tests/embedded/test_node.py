"""What scenarios see of the pods of one group."""

import json
from pathlib import Path

import pytest

from environments.embedded.node import NodeCluster
from environments.errors import SubstrateError
from environments.processes.launch import RunningForkServer, basic_environment
from environments.processes.pods import JOB_FILE


@pytest.fixture
def cluster(server: RunningForkServer, tmp_path: Path) -> NodeCluster:
    """The cluster of a group with one pod."""
    (tmp_path / "pod").mkdir()
    server.processes.start(
        "train-1",
        program=["true"],
        environment=basic_environment(),
        folder=tmp_path / "pod",
        log=tmp_path / "pod" / "log",
        labels={"group": "client-1"},
    )
    return NodeCluster(server.processes, {"group": "client-1"})


def test_a_job_is_shown_as_it_was_written_down(cluster: NodeCluster, tmp_path: Path) -> None:
    with pytest.raises(SubstrateError, match="not written down yet"):
        cluster.job("train-1")
    (tmp_path / "pod" / JOB_FILE).write_text(json.dumps({"kind": "Job"}))
    assert cluster.job("train-1") == {"kind": "Job"}


def test_what_is_not_there_is_said_with_what_is(cluster: NodeCluster, server: RunningForkServer) -> None:
    for look in (cluster.job, cluster.delete_pod):
        with pytest.raises(SubstrateError, match="no pod 'other'; there are: train-1"):
            look("other")
    with pytest.raises(SubstrateError, match="no pod 'train-1'; there are: none"):
        NodeCluster(server.processes, {"group": "client-2"}).job("train-1")


def test_a_process_has_no_manifest_of_a_pod(cluster: NodeCluster) -> None:
    with pytest.raises(SubstrateError, match="capability cluster"):
        cluster.pod_manifest("train-1")
