"""What keeps the kind substrate from starting: one sentence each, with what helps, exit code 3, and nothing left behind."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from environments import ledger
from environments.cluster.api import ApiRefused
from environments.compose import explanations
from environments.compose.engine import Engine
from environments.errors import SubstrateError
from environments.kind import programs
from environments.kind.cluster import ClusterMaker, RunningCluster
from environments.kind.loading import load_images
from environments.kind.programs import NO_ROOM
from environments.kind.settings import KindSettings
from environments.kind.substrate import KindSubstrate
from environments.ledger import Ledger
from tests.compose.platform import Small
from tests.kind.test_parts import KUBECONFIG

DOCKER = """#!/bin/sh
[ "$1" = info ] && echo '26.1.5 Debian GNU/Linux 12 (bookworm) [name=seccomp]'
[ "$1" = compose ] && echo 2.26.1
exit 0
"""
KIND_THAT_FAILS = """#!/bin/sh
echo "$@" >>"$KIND_CALLS"
[ "$1 $2" = "create cluster" ] && { echo "ERROR: failed to create cluster: $KIND_SAYS" >&2; exit 1; }
[ "$1 $2" = "get clusters" ] && grep -q "create cluster" "$KIND_CALLS" && ! grep -q "delete cluster" "$KIND_CALLS" && echo e2e-test-refused
exit 0
"""


DOCKER_OF_A_NODE = """#!/bin/sh
case "$*" in
  *--quiet) echo docker.io/library/there:1;;
  save*) shift; echo "images $@";;
  *) echo "$3 takes in: $(cat)" >{taken};;
esac
"""
DOCKER_THAT_FAILS = """#!/bin/sh
case "$*" in
  *{fails}*) echo '{said}' >&2; exit 1;;
  save*) echo images;;
  *) cat >/dev/null;;
esac
"""


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of stand-in programs, with a Docker that answers."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    monkeypatch.setenv(ledger.FOLDER_VARIABLE, str(tmp_path / "ledger"))
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    _program(folder / "docker", DOCKER)
    return folder


def _program(file: Path, text: str) -> None:
    file.write_text(text)
    file.chmod(0o755)


def _substrate(tmp_path: Path) -> KindSubstrate:
    return KindSubstrate(Small({}), run_id="e2e-test-refused", logs_folder=tmp_path / "logs")


def test_a_missing_kind_is_refused_with_where_to_get_it(tools: Path, tmp_path: Path) -> None:
    with pytest.raises(SubstrateError, match="kind is not installed: install it"):
        _substrate(tmp_path).start()
    assert not (tmp_path / "ledger").exists()


def test_a_docker_that_does_not_run_is_refused_first(tools: Path, tmp_path: Path) -> None:
    _program(tools / "docker", "#!/bin/sh\necho 'Cannot connect to the Docker daemon. Is the docker daemon running?' >&2\nexit 1\n")
    with pytest.raises(SubstrateError, match=explanations.NO_DAEMON.split(":")[0]):
        _substrate(tmp_path).start()


@pytest.mark.parametrize(
    ("chosen", "said"),
    [("nobody", "there is no context 'nobody'"), ("prod-eu", "looks like production"), ("far", "is not this machine")],
)
def test_a_context_that_will_not_do_is_refused_before_anything_is_made(
    tools: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chosen: str, said: str
) -> None:
    _program(tools / "kind", "#!/bin/sh\nexit 0\n")
    (tmp_path / "kubeconfig").write_text(KUBECONFIG)
    monkeypatch.setenv("RINGMASTER_KIND_KUBECONFIG", str(tmp_path / "kubeconfig"))
    monkeypatch.setenv("RINGMASTER_KIND_CONTEXT", chosen)
    with pytest.raises(SubstrateError, match=said):
        _substrate(tmp_path).start()
    assert not (tmp_path / "ledger").exists()


def test_a_context_without_rights_is_refused_in_the_clusters_words(tools: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_api: object) -> None:
        raise ApiRefused('nodes is forbidden: User "ada" cannot list resource "nodes"', 403)

    _program(tools / "kind", "#!/bin/sh\necho here\n")
    (tmp_path / "kubeconfig").write_text(KUBECONFIG)
    monkeypatch.setattr("environments.kind.cluster.nodes", refuse)
    settings = KindSettings(context="here", kubeconfig=tmp_path / "kubeconfig")
    maker = ClusterMaker("run", settings, Engine(), lambda _said: None)
    own = Ledger.open("e2e-test-refused")
    with pytest.raises(SubstrateError, match="the cluster of the context 'here' cannot be used: nodes is forbidden"):
        maker.cluster(own, tmp_path)
    own.close()


@pytest.mark.parametrize(
    ("says", "meaning"),
    [
        ("failed to pull image nowhere/node", programs.NO_NODE_IMAGE),
        ("timed out waiting for the condition", programs.NEVER_READY),
        ("write: no space left on device", programs.NO_ROOM),
    ],
)
def test_a_cluster_that_cannot_be_made_is_deleted_and_said_to_be(
    tools: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: str, meaning: str
) -> None:
    calls = tmp_path / "calls"
    monkeypatch.setenv("KIND_CALLS", str(calls))
    monkeypatch.setenv("KIND_SAYS", says)
    _program(tools / "kind", KIND_THAT_FAILS)
    own = Ledger.open("e2e-test-refused")
    maker = ClusterMaker("e2e-test-refused", KindSettings(), None, lambda _said: None)  # type: ignore[arg-type]
    with pytest.raises(SubstrateError, match=meaning.split(":")[0]):
        maker.cluster(own, tmp_path)
    assert "delete cluster --name e2e-test-refused" in calls.read_text()
    own.close()
    assert list((tmp_path / "ledger").glob("*.jsonl")) == []


def test_a_killed_runs_cluster_is_deleted_by_the_next_one(tools: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = tmp_path / "calls"
    calls.write_text("create cluster\n")
    monkeypatch.setenv("KIND_CALLS", str(calls))
    _program(tools / "kind", KIND_THAT_FAILS)
    own = Ledger.open("e2e-test-refused")
    own.record("cluster", name="e2e-test-refused")
    assert own.close() == ["cluster e2e-test-refused"]
    assert calls.read_text().endswith("delete cluster --name e2e-test-refused\n")


def test_a_kind_that_does_not_answer_keeps_the_cluster_on_the_list(tools: Path, tmp_path: Path) -> None:
    _program(tools / "kind", "#!/bin/sh\necho broken >&2\nexit 1\n")
    own = Ledger.open("e2e-test-refused")
    own.record("cluster", name="e2e-test-refused")
    assert own.close() == []
    assert "cluster e2e-test-refused: kind says: broken" in own.file.read_text()


def test_a_run_without_kind_ends_with_exit_code_3_and_one_message(tools: Path, tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "support", "run", "--substrate", "kind", "features/tracebloc/ring3_platform/01_single_participant.feature"],
        env={**os.environ, "RINGMASTER_RESULTS_FOLDER": str(tmp_path / "out")},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    told = ended.stdout + ended.stderr
    assert ended.returncode == 3, told
    assert programs.NO_KIND in told
    assert "Traceback" not in told


def test_only_images_that_a_node_lacks_are_loaded(tools: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _program(tools / "docker", DOCKER_OF_A_NODE.format(taken=tmp_path / "taken"))
    monkeypatch.setattr("environments.kind.nodes.nodes", lambda _api: {"a-control-plane": "10.0.0.1", "a-worker": "10.0.0.2"})
    maker = ClusterMaker("run", KindSettings(), Engine(), lambda _said: None)
    cluster = RunningCluster("a", None, None, "kind-a", tmp_path, kept=True)  # type: ignore[arg-type]
    maker.load(cluster, ["there:1"])
    assert not (tmp_path / "taken").exists()
    maker.load(cluster, ["there:1", "new:2"])
    assert (tmp_path / "taken").read_text() == "a-worker takes in: images new:2\n"


@pytest.mark.parametrize(("fails", "said"), [("save", "no such image: new:2"), ("import", "no space left on device")])
def test_images_that_a_node_does_not_get_are_named(tools: Path, tmp_path: Path, fails: str, said: str) -> None:
    _program(tools / "docker", DOCKER_THAT_FAILS.format(fails=fails, said=said))
    with pytest.raises(SubstrateError, match=f"giving the images new:2 to the node a-worker failed.*{said}") as refused:
        load_images("run", "a-worker", ["new:2"])
    assert (NO_ROOM in str(refused.value)) == (fails == "import")
