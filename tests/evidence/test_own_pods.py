"""Of a scenario that failed on a cluster, its evidence has the platform's own pods; what may not be seen is said and hides nothing else."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from behave.model import Scenario
from behave.model_core import Status

from environments.errors import SubstrateError
from support.evidence.entries import Entry, read_entries
from support.evidence.kinds import Kind
from support.evidence.scenario import ScenarioEvidence

NOTHING: dict[str, Any] = {}
POD = {"metadata": {"name": "backend-5f-x1", "labels": {"app.kubernetes.io/name": "backend"}}, "status": {"phase": "Running"}}


class OnACluster:
    """A substrate whose pods can be looked at, and whose logs can not."""

    def __init__(self, why_not: str | None) -> None:
        self.why_not = why_not

    def why_missing(self, _capability: str) -> str | None:
        return self.why_not

    own_pods = SimpleNamespace(of_services=lambda: {"backend": [POD]})

    def logs(self, _service: str, since: float | None = None) -> str:
        raise SubstrateError("the context 'staging' has no right to get pods/log in the namespace 'shop'")

    def events(self, _since: float) -> list[str]:
        return ["12:00:00 Pod backend-5f-x1: Killing: it was killed"]


def evidence_of(folder: Path, why_not: str | None, status: Status) -> list[Entry]:
    scenario = SimpleNamespace(name="s", location="f:1", effective_tags=(), status=status)
    scene = SimpleNamespace(
        clusters=lambda: NOTHING, collect_evidence=lambda: NOTHING, services=lambda: ["backend"], named_in_logs=lambda: NOTHING
    )
    evidence = ScenarioEvidence(cast(Scenario, scenario), folder, cast(Any, OnACluster(why_not)), cast(Any, scene))
    evidence.scenario_ended(cast(Scenario, scenario))
    evidence.close()
    return list(read_entries(folder))


def test_pods_and_events_are_kept_and_a_missing_right_is_named(tmp_path: Path) -> None:
    entries = evidence_of(tmp_path, None, Status.failed)
    (pod,) = [entry for entry in entries if entry.kind is Kind.POD]
    assert (pod.what, pod.detail) == ("backend-5f-x1", "Running name=backend")
    (error,) = [entry for entry in entries if entry.kind is Kind.ERROR]
    assert "no right to get pods/log" in error.detail
    assert "Killing" in (tmp_path / "services" / "events.txt").read_text()


@pytest.mark.parametrize(("why_not", "status"), [("no cluster", Status.failed), (None, Status.passed)])
def test_nothing_is_looked_at_where_there_is_no_cluster_or_nothing_failed(tmp_path: Path, why_not: str | None, status: Status) -> None:
    assert not [entry for entry in evidence_of(tmp_path, why_not, status) if entry.kind is Kind.POD]
