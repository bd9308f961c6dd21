"""The gaps of a matrix, and how people see it."""

from pathlib import Path

import pytest

from environments.choose import all_sabotages
from reports.sabotage_matrix import print_matrix, write_markdown
from support.sabotage_matrix.judgement import findings_of
from support.sabotage_matrix.matrix import Cell, Gap, Matrix
from support.sabotage_matrix.plan import Candidate, MatrixPlan

RELAYED = "flops-not-relayed"
ONE, TWO = (Candidate(f"a.feature:{line}", f"scenario {line}", (RELAYED,), None) for line in (1, 2))


def cell(candidate: Candidate, status: str, sabotage: str | None = RELAYED) -> Cell:
    return Cell(sabotage=sabotage, location=candidate.location, scenario=candidate.name, status=status)


def gaps(cells: list[Cell], broken: list[str] | None = None, plan: MatrixPlan | None = None) -> list[tuple[str, Gap]]:
    plan = plan or MatrixPlan({RELAYED: [ONE, TWO]}, [], [])
    return [(finding.what, finding.gap) for finding in findings_of(plan, cells, broken or [])]


@pytest.mark.parametrize("status", ["failed", "error"])
def test_a_sabotage_that_every_scenario_noticed_leaves_no_gap(status: str) -> None:
    assert gaps([cell(ONE, status), cell(TWO, "failed")]) == []


def test_a_scenario_that_did_not_notice_is_a_gap_although_another_one_did() -> None:
    assert gaps([cell(ONE, "failed"), cell(TWO, "passed")]) == [("a.feature:2 under flops-not-relayed", Gap.BLIND)]


def test_a_sabotage_that_nobody_noticed_survived() -> None:
    assert (f"sabotage {RELAYED}", Gap.SURVIVED) in gaps([cell(ONE, "passed"), cell(TWO, "passed")])


@pytest.mark.parametrize("status", ["hook_error", "cleanup_error", "undefined"])
def test_an_error_of_the_test_itself_catches_nothing(status: str) -> None:
    assert gaps([cell(ONE, status), cell(TWO, status)]) == [(f"sabotage {RELAYED}", Gap.SURVIVED)]


def test_skipped_scenarios_prove_nothing() -> None:
    assert gaps([cell(ONE, "skipped"), cell(TWO, "skipped")]) == [(f"sabotage {RELAYED}", Gap.NOT_RUN)]


def test_a_scenario_that_fails_without_a_sabotage_proves_nothing() -> None:
    assert gaps([cell(ONE, "failed", None), cell(TWO, "passed", None), cell(ONE, "failed"), cell(TWO, "failed")]) == [
        (ONE.location, Gap.SICK)
    ]


def test_a_platform_that_failed_proves_nothing() -> None:
    assert gaps([], [RELAYED]) == [(f"sabotage {RELAYED}", Gap.PLATFORM)]


def test_sabotages_and_scenarios_without_a_partner_are_gaps() -> None:
    plan = MatrixPlan({RELAYED: []}, [], [Candidate("b.feature:3", "lonely", (), None)])
    assert gaps([], plan=plan) == [(f"sabotage {RELAYED}", Gap.NOBODY), ("b.feature:3", Gap.UNDECLARED)]


def test_people_see_who_caught_what_with_which_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    caught = cell(ONE, "failed").model_copy(update={"step": "Then it costs", "words": "no | cost"})
    matrix = Matrix(
        sabotages=[RELAYED],
        cells=[caught],
        catch_none={"c.feature:1": "no platform"},
        run_seconds={RELAYED: 3.0},
        findings=[],
        seconds=4.0,
        known=[all_sabotages()[RELAYED]],
    )
    written = write_markdown(matrix, tmp_path).read_text()
    assert "1 of 1 sabotages caught, by 1 scenarios, in 4 s; 0 gaps" in written
    assert "| flops-not-relayed | scenario 1 (a.feature:1) | failed | Then it costs: no \\| cost | 0.0 |" in written
    assert f"| flops-not-relayed | {all_sabotages()[RELAYED].meaning} |" in written
    assert "- no platform: c.feature (line 1)" in written
    monkeypatch.setenv("COLUMNS", "160")
    print_matrix(matrix)
    assert "Then it costs: no | cost" in capsys.readouterr().out
