"""Jobs as local processes."""

import json
from pathlib import Path
from typing import Any

import pytest

from environments.platforms.tracebloc.launchers import UnknownLauncher, create
from environments.platforms.tracebloc.launchers.launcher import LauncherSettings, LauncherUnavailable, Pod
from environments.platforms.tracebloc.launchers.process import ProcessLauncher
from environments.processes import mounts
from environments.processes.client import Processes
from environments.processes.launch import RunningForkServer
from environments.processes.pods import JOB_FILE

SHOW_ENVIRONMENT = "import os, json; print(json.dumps(dict(os.environ)))"


@pytest.fixture
def launcher(node: RunningForkServer, tmp_path: Path) -> ProcessLauncher:
    (tmp_path / "shared").mkdir()
    return ProcessLauncher(node.processes, tmp_path / "pods", tmp_path / "shared")


def job(name: str, command: list[str], **environment: str) -> dict[str, Any]:
    container = {
        "command": command,
        "resources": {"limits": {"cpu": "500m", "memory": "1.5Gi"}},
        "env": [{"name": variable, "value": value} for variable, value in environment.items()],
        "volumeMounts": [{"name": "scratch", "mountPath": "/data/scratch"}],
    }
    pod = {"containers": [container], "volumes": [{"name": "scratch", "emptyDir": {}}]}
    labels = {"tracebloc.io/workload": "training", "test": name}
    return {"metadata": {"name": name}, "spec": {"template": {"metadata": {"labels": labels}, "spec": pod}}}


def ended(launcher: ProcessLauncher, name: str) -> Pod:
    position = ""
    while True:
        changes = launcher.watch({"test": name}, position, 10)
        position = changes.position
        for pod in changes.pods:
            if pod.phase in ("Succeeded", "Failed"):
                return pod


def test_a_job_runs_once_however_often_it_is_created(launcher: ProcessLauncher) -> None:
    manifest = job("once", ["true"])
    assert launcher.create_job(manifest) is True
    assert launcher.create_job(manifest) is False
    assert ended(launcher, "once").exit_code == 0
    assert launcher.create_job(manifest) is False
    assert [pod.name for pod in launcher.list_pods({"test": "once"})] == ["once"]


def test_a_module_is_forked_and_sees_nothing_but_its_own_environment(
    launcher: ProcessLauncher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLIENT_PASSWORD", "not for pods")
    monkeypatch.setenv("HTTPS_PROXY", "http://not.for.pods")
    launcher.create_job(job("sees", ["python", "-c", SHOW_ENVIRONMENT], EXPERIMENT_SCRATCH_PATH="/data/scratch", POD_NAME="sees"))
    assert ended(launcher, "sees").phase == "Succeeded"
    seen = launcher.pod_log("sees")
    assert '"POD_NAME": "sees"' in seen
    assert f'"EXPERIMENT_SCRATCH_PATH": "{tmp_path}/pods/sees/scratch"' in seen
    assert "not for pods" not in seen
    assert "not.for.pods" not in seen


def test_a_pod_can_be_told_its_own_limits(launcher: ProcessLauncher) -> None:
    manifest = job("limits", ["python", "-c", SHOW_ENVIRONMENT])
    reference = {"name": "MEMORY_LIMIT_BYTES", "valueFrom": {"resourceFieldRef": {"resource": "limits.memory"}}}
    manifest["spec"]["template"]["spec"]["containers"][0]["env"].append(reference)
    launcher.create_job(manifest)
    assert ended(launcher, "limits").phase == "Succeeded"
    assert f'"MEMORY_LIMIT_BYTES": "{3 << 29}"' in launcher.pod_log("limits")


def test_the_job_is_kept_as_it_was_created_for_its_owners_eyes_only(launcher: ProcessLauncher, tmp_path: Path) -> None:
    manifest = job("kept", ["true"], TOKEN="secret")
    launcher.create_job(manifest)
    launcher.create_job(job("kept", ["false"]))
    kept = tmp_path / "pods" / "kept" / JOB_FILE
    assert json.loads(kept.read_text()) == manifest
    assert kept.stat().st_mode & 0o777 == 0o600


def test_python_with_a_module_runs_it(launcher: ProcessLauncher) -> None:
    launcher.create_job(job("module", ["python", "-m", "base64", "-t"]))
    assert ended(launcher, "module").phase == "Succeeded"
    assert "b'" in launcher.pod_log("module")


@pytest.mark.skipif(mounts.why_not() is not None, reason="no mounts for one process here")
@pytest.mark.parametrize("read_only", [False, True])
def test_a_pod_has_the_shared_volume_where_its_manifest_says(launcher: ProcessLauncher, tmp_path: Path, read_only: bool) -> None:
    manifest = job("shares", ["sh", "-c", "touch /data/shared/seen"])
    pod = manifest["spec"]["template"]["spec"]
    pod["volumes"].append({"name": "volume", "persistentVolumeClaim": {"claimName": "client-pvc"}})
    pod["containers"][0]["volumeMounts"].append({"name": "volume", "mountPath": "/data/shared", "readOnly": read_only})
    launcher.create_job(manifest)
    assert ended(launcher, "shares").phase == ("Failed" if read_only else "Succeeded"), launcher.pod_log("shares")
    assert (tmp_path / "shared" / "seen").exists() is not read_only
    launcher.delete_job("shares")


def test_exit_codes_are_a_containers(launcher: ProcessLauncher, node: RunningForkServer) -> None:
    launcher.create_job(job("code", ["sh", "-c", "exit 3"]))
    assert ended(launcher, "code").exit_code == 3
    launcher.create_job(job("killed", ["sleep", "60"]))
    node.processes.signal("killed", 9)
    pod = ended(launcher, "killed")
    assert (pod.phase, pod.exit_code) == ("Failed", 137)


def test_a_deleted_job_is_gone_and_its_name_free(launcher: ProcessLauncher) -> None:
    launcher.create_job(job("gone", ["sleep", "60"]))
    launcher.delete_job("gone")
    assert launcher.list_pods({"test": "gone"}) == []
    assert launcher.create_job(job("gone", ["true"])) is True
    launcher.delete_job("never-there")


def test_a_launcher_without_a_fork_server_says_so(tmp_path: Path) -> None:
    launcher = ProcessLauncher(Processes(tmp_path / "nobody.sock", b"any"), tmp_path)
    with pytest.raises(LauncherUnavailable):
        launcher.list_pods({})
    with pytest.raises(LauncherUnavailable):
        launcher.create_job(job("x", ["true"]))


def test_an_unknown_launcher_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NODE_SOCKET", raising=False)
    for name, words in (("kubernetes", "a token of its cluster"), ("magic", "not known"), ("process", "NODE_SOCKET")):
        with pytest.raises(UnknownLauncher, match=words):
            create(LauncherSettings(launcher=name))
