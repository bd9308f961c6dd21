"""What was asked for on the command line, made into a selection and a manner to run it."""

from support.runner.execution import Wishes
from support.runner.history import read_durations
from support.runner.rerun import NothingToRerun, failed_in_last_run
from support.runner.run import Keep, Manner, run
from support.runner.selection import Selection
from support.runner.shards import WrongShard, read_shard
from support.runner.watchdog import Budgets
from support.settings import Settings

__all__ = ["NothingToRerun", "WrongShard", "manner", "run", "selection"]


def selection(
    features: list[str] | None,
    tags: list[str] | None,
    names: list[str] | None,
    *,
    rerun_failed: bool,
    shard: str | None,
    settings: Settings,
) -> Selection:
    """The scenarios asked for; raises NothingToRerun and WrongShard."""
    only, why = None, ""
    if rerun_failed:
        only, last = failed_in_last_run(settings.results_folder)
        why = f"--rerun-failed (of run {last})"
    part = read_shard(shard, read_durations(settings.results_folder)) if shard else None
    return Selection(tuple(features or ("features",)), tuple(tags or ()), tuple(names or ()), only, why, part)


def manner(
    settings: Settings, *, shuffle: str | None, fail_fast: bool, repeat: int | None, until_fail: bool, strict: bool, keep: Keep
) -> Manner:
    """How to run them; all budgets are stretched by the deadline factor."""
    factor = settings.deadline_factor
    budgets = Budgets(
        step=_stretched(settings.step_budget, factor),
        scenario=_stretched(settings.scenario_budget, factor),
        rings={ring: seconds * factor for ring, seconds in settings.ring_budgets.items()},
        run=_stretched(settings.run_budget, factor),
        factor=factor,
    )
    wishes = Wishes(
        workers=settings.worker_count,
        seed=shuffle,
        fail_fast=fail_fast,
        repeat=repeat if repeat is not None or until_fail else 1,
        until_fail=until_fail,
        budgets=budgets,
    )
    return Manner(wishes, strict, keep)


def _stretched(seconds: float | None, factor: float) -> float | None:
    return None if seconds is None else seconds * factor
