"""What the backend is told of the pods of a secure environment."""

import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from environments.platform import SABOTAGE_VARIABLE
from environments.platforms.tracebloc.launchers.launcher import Pod
from environments.platforms.tracebloc.launchers.process import ProcessLauncher
from environments.platforms.tracebloc.pods_monitor.exit_reasons import reason
from environments.platforms.tracebloc.pods_monitor.reports import PhaseChanges, report_body
from environments.platforms.tracebloc.sabotages import EdgeSabotage
from environments.processes.launch import RunningForkServer
from support.waiting import eventually
from tests.platforms.tracebloc.edge.conftest import Edge, Started
from tests.platforms.tracebloc.edge.stand_in import StandInBackend

PODS = "/edge-device/pods/"
Variables = Callable[[str], dict[str, str]]


@pytest.fixture
def launcher(node: RunningForkServer, tmp_path: Path) -> ProcessLauncher:
    return ProcessLauncher(node.processes, tmp_path / "pods")


@pytest.fixture
def variables(login_variables: Variables, backend: StandInBackend, node: RunningForkServer) -> dict[str, str]:
    return login_variables(backend.url) | {"NODE_SOCKET": str(node.processes.socket_path), "NODE_KEY": node.processes.key.hex()}


def pod(edge: Edge, number: int, command: list[str], workload: str = "training") -> dict[str, Any]:
    labels = {
        "tracebloc.io/workload": workload,
        "tracebloc.io/client-id": edge.client_id,
        "tracebloc.io/experiment": "an-experiment",
        "tracebloc.io/cycle": "2",
        "tracebloc.io/attempt": str(number),
        "tracebloc.io/kind": "train",
    }
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"command": command}]}}
    return {"metadata": {"name": f"pod-{edge.client_id[:6]}-{workload}-{number}"}, "spec": {"template": template}}


def told(backend: StandInBackend, count: int) -> list[dict[str, Any]]:
    return eventually(f"{count} reports", lambda: list(backend.taken(PODS)), lambda reports: len(reports) >= count)


def test_each_phase_of_a_training_pod_is_reported_once_and_in_order(
    node: RunningForkServer,
    started: Started,
    backend: StandInBackend,
    edge: Edge,
    launcher: ProcessLauncher,
    variables: dict[str, str],
    tmp_path: Path,
) -> None:
    started.service("pods_monitor", variables)
    go_on = tmp_path / "go-on"
    waits = f"mkfifo {go_on}; read line < {go_on}"
    launcher.create_job(pod(edge, 1, ["sh", "-c", "exit 0"], workload="ingestion"))
    launcher.create_job(pod(edge, 2, ["sh", "-c", waits]))
    told(backend, 1)
    eventually("the pipe", go_on.exists, lambda there: there)
    go_on.write_text("go\n")
    told(backend, 2)
    launcher.create_job(pod(edge, 3, ["sleep", "60"]))
    told(backend, 3)
    node.processes.signal(f"pod-{edge.client_id[:6]}-training-3", signal.SIGKILL)
    reports = told(backend, 4)
    phases = [(report["attempt"], report["phase"], report.get("exit_code")) for report in reports]
    assert phases == [(2, "Running", None), (2, "Succeeded", 0), (3, "Running", None), (3, "Failed", 137)]
    assert reports[0] == {
        "name": f"pod-{edge.client_id[:6]}-training-2",
        "experiment_key": "an-experiment",
        "cycle": 2,
        "attempt": 2,
        "kind": "train",
        "phase": "Running",
    }
    assert "killed by SIGKILL" in reports[3]["reason"]


def test_reports_wait_for_a_backend_that_is_away_and_then_come_in_order(
    node: RunningForkServer, started: Started, backend: StandInBackend, edge: Edge, launcher: ProcessLauncher, variables: dict[str, str]
) -> None:
    monitor = started.service("pods_monitor", variables)
    backend.stop()
    launcher.create_job(pod(edge, 1, ["sleep", "60"]))
    eventually("the monitor to notice", monitor.log.read_text, lambda log: "waits for the backend" in log)
    node.processes.signal(f"pod-{edge.client_id[:6]}-training-1", signal.SIGTERM)
    backend.forget_tokens()
    backend.answers.extend([503, 500])
    backend.start()
    assert [report["phase"] for report in told(backend, 2)] == ["Running", "Failed"]


def test_a_report_refused_for_good_does_not_hold_up_the_others(
    started: Started, backend: StandInBackend, edge: Edge, launcher: ProcessLauncher, variables: dict[str, str]
) -> None:
    monitor = started.service("pods_monitor", variables)
    backend.answers.append(404)
    launcher.create_job(pod(edge, 1, ["true"]))
    eventually("the refusal", monitor.log.read_text, lambda log: "refused the report" in log)
    launcher.create_job(pod(edge, 2, ["true"]))
    reports = eventually(
        "the second pod's end", lambda: list(backend.taken(PODS)), lambda taken: any(report["attempt"] == 2 for report in taken)
    )
    assert {"name", "phase"} <= set(reports[-1])
    assert started.end(monitor.name).exit_code == 0


def test_the_sabotage_hides_failed_pods(
    started: Started, backend: StandInBackend, edge: Edge, launcher: ProcessLauncher, variables: dict[str, str]
) -> None:
    started.service("pods_monitor", variables | {SABOTAGE_VARIABLE: EdgeSabotage.FAILED_POD_NOT_REPORTED})
    launcher.create_job(pod(edge, 1, ["false"]))
    eventually("the pod to end", lambda: launcher.list_pods({"tracebloc.io/client-id": edge.client_id})[0].phase, lambda p: p == "Failed")
    launcher.create_job(pod(edge, 2, ["true"]))
    eventually("the other pod", lambda: list(backend.taken(PODS)), lambda taken: any(report["phase"] == "Succeeded" for report in taken))
    assert "Failed" not in {report["phase"] for report in backend.taken(PODS)}


@pytest.mark.parametrize(
    ("exit_code", "words"),
    [
        (137, "the pod was killed by SIGKILL, as when memory runs out or someone ends the pod by force (exit code 137)"),
        (143, "the pod was killed by SIGTERM, it was asked to end (exit code 143)"),
        (139, "the pod was killed by SIGSEGV, it crashed in native code (exit code 139)"),
        (1, "the pod ended with exit code 1"),
        (255, "the pod ended with exit code 255"),
        (None, "the pod failed without an exit code"),
    ],
)
def test_exit_codes_have_words(exit_code: int | None, words: str) -> None:
    assert reason(exit_code) == words


def test_what_the_cluster_says_of_an_end_stands_beside_the_exit_code() -> None:
    told = "it took more memory than it may use (OOMKilled)"
    assert reason(137, told) == f"the pod was killed by SIGKILL, {told} (exit code 137)"
    assert reason(3, told) == f"the pod ended with exit code 3: {told}"
    assert reason(None, told) == f"the pod failed: {told}"


def test_a_pod_that_waits_is_reported_again_once_it_says_why() -> None:
    labels = {
        "tracebloc.io/workload": "training",
        "tracebloc.io/experiment": "an-experiment",
        "tracebloc.io/cycle": "1",
        "tracebloc.io/attempt": "1",
        "tracebloc.io/kind": "train",
    }
    waits, says = (Pod(name="it", phase="Pending", labels=labels, reason=why) for why in (None, "its image cannot be pulled"))
    changes = PhaseChanges()
    assert [changes.new([each]) for each in (waits, waits, says, says)] == [[waits], [], [says], []]
    assert report_body(says)["reason"] == "its image cannot be pulled"
    assert "reason" not in report_body(waits)
