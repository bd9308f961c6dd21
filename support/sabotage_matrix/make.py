"""Makes the matrix: plans, runs, judges and saves."""

import time
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from environments.choose import all_sabotages, platform_class, platform_of
from support.results.run_folder import RunFolder
from support.runner.planning.selection import Selection
from support.sabotage_matrix.judgement import findings_of
from support.sabotage_matrix.matrix import Matrix
from support.sabotage_matrix.plan import Candidate, MatrixPlan, plan_of
from support.sabotage_matrix.runs import Ended, Runs
from support.settings import Settings
from support.terminal import say


@dataclass(frozen=True)
class Wanted:
    """What somebody asks of a matrix; see the options of `ringmaster sabotage`. No sabotages: all that the selected features can notice."""

    selection: Selection
    sabotages: tuple[str, ...]
    every_pair: bool
    first_catch: bool
    baseline: bool
    jobs: int


def make_matrix(wanted: Wanted, settings: Settings) -> tuple[Matrix, Path]:
    """Run the selected scenarios against the sabotages; returns the matrix and the folder that it was saved in.

    Raises:
        SettingsError: a platform lacks a setting.
        SelectionError: the scenarios cannot be run, or one names an unknown sabotage.
        CannotRun: `ringmaster run` refused.
    """
    began = time.monotonic()
    plan = _plan(wanted)
    folder = RunFolder(settings.results_folder / "sabotage")
    folder.create()
    settings.require(_platforms(plan))
    with _shared(settings, _platforms(plan)) as variables:
        runs = Runs(folder.path, variables, wanted.jobs, wanted.first_catch, _tell)
        ended = runs.run_all(_planned(plan, wanted))
    cells = [cell for run in ended for cell in run.cells]
    matrix = Matrix(
        sabotages=list(plan.runs),
        cells=cells,
        catch_none={candidate.location: candidate.reason_for_none or "" for candidate in plan.catch_none},
        run_seconds={run.name: run.seconds for run in ended},
        findings=findings_of(plan, cells, [run.name for run in ended if run.broken]),
        seconds=time.monotonic() - began,
        known=list(all_sabotages().values()),
    )
    matrix.write(folder.path)
    return matrix, folder.path


def _plan(wanted: Wanted) -> MatrixPlan:
    plan = plan_of(wanted.selection, wanted.sabotages or tuple(all_sabotages()), every_pair=wanted.every_pair or wanted.first_catch)
    if not wanted.sabotages and wanted.selection != Selection():
        # of a part of the features nobody expects that it notices everything
        plan.runs = {sabotage: candidates for sabotage, candidates in plan.runs.items() if candidates}
    return plan


def _planned(plan: MatrixPlan, wanted: Wanted) -> list[tuple[str | None, list[Candidate]]]:
    # the longest first, so that the last one does not run alone for long
    by_length = sorted(plan.runs.items(), key=lambda item: -len(item[1]))
    planned: list[tuple[str | None, list[Candidate]]] = [(sabotage, found) for sabotage, found in by_length if found]
    concerned = {candidate.location: candidate for _, found in planned for candidate in found}
    if wanted.baseline and concerned:
        planned.insert(0, (None, list(concerned.values())))
    return planned


def _platforms(plan: MatrixPlan) -> list[str]:
    found = {platform_of(candidate.location.rpartition(":")[0]) for candidate in plan.candidates}
    return sorted(name for name in found if name)


def _shared(settings: Settings, platforms: list[str]) -> AbstractContextManager[Mapping[str, str]]:
    """What all runs share, as variables by which they find it."""
    if settings.substrate != "embedded":
        return nullcontext({})
    from environments.embedded.warm import warm_servers

    return warm_servers([platform_class(name)(settings.platform_values(name)) for name in platforms])


def _tell(ended: Ended) -> None:
    caught = sum(cell.catches for cell in ended.cells)
    if ended.broken:
        said = "the platform failed"
    elif ended.sabotage is None:
        said = f"{sum(cell.status == 'passed' for cell in ended.cells)} of {len(ended.cells)} scenarios passed"
    else:
        said = f"caught by {caught} of {len(ended.cells)} scenarios"
    say(f"{ended.name}: {said}, {ended.seconds:.1f} s")
