"""What services do that nobody waits for an answer of, told by the lines of their logs that name what is one scenario's alone."""

from collections.abc import Collection, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from behave.model import Scenario

from environments.errors import SubstrateError
from support.evidence.entries import Entry, read_entries
from support.evidence.kinds import Kind
from support.evidence.scenario import ScenarioEvidence

LOG = "10:00:01 order 17 is packed\n10:00:02 order 8 is packed\n10:00:03 order 17 is sent\n"


def logs(folder: Path, named: Mapping[str, Collection[str]], read: Any) -> list[Entry]:  # noqa: ANN401 - a substrate's method
    """The entries of kind LOG of a scenario that passed, on a substrate whose logs are read like that."""
    scene: Any = SimpleNamespace(named_in_logs=lambda: named, clusters=dict)
    scenario = SimpleNamespace(name="orders", location="orders.feature:3", effective_tags=(), status=SimpleNamespace(name="passed"))
    evidence = ScenarioEvidence(cast(Scenario, scenario), folder, cast(Any, SimpleNamespace(logs=read)), scene)
    evidence.scenario_ended(cast(Scenario, scenario))
    evidence.close()
    return [entry for entry in read_entries(folder) if entry.kind is Kind.LOG]


def test_only_the_lines_that_name_what_is_the_scenarios_own_count(tmp_path: Path) -> None:
    (entry,) = logs(tmp_path, {"packing": {"order 17"}, "billing": {"order 99"}}, lambda service, since: LOG)
    assert (entry.service, entry.times) == ("packing", 2)
    assert "order 8" not in entry.detail


def test_logs_are_left_alone_where_nothing_is_the_scenarios_own(tmp_path: Path) -> None:
    assert logs(tmp_path, {"packing": ()}, lambda service, since: pytest.fail("read for nothing")) == []


def test_a_log_that_cannot_be_read_is_no_evidence_and_no_error(tmp_path: Path) -> None:
    def away(service: str, since: float) -> str:
        raise SubstrateError("logs are kept elsewhere")

    assert logs(tmp_path, {"packing": {"order 17"}}, away) == []


def test_a_scene_that_cannot_say_what_is_its_own_fails_no_scenario(tmp_path: Path) -> None:
    class Odd(dict[str, Collection[str]]):
        def items(self) -> Any:  # noqa: ANN401 - never returns
            raise KeyError("id")

    assert logs(tmp_path, Odd(), lambda service, since: LOG) == []
    assert [entry.what for entry in read_entries(tmp_path) if entry.kind is Kind.ERROR] == ["what services logged could not be collected"]
