"""What was asked for on the command line: which scenarios, and how to run them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from environments.reference_services.jitter import seed as seed_of_variable
from support.runner.history import read_durations
from support.runner.planning.budgets import Budgets
from support.runner.planning.selection import Selection
from support.runner.userdata import read_behave_files, userdata_of, without_effect
from support.settings import Settings

Keep = Literal["never", "on-failure", "always"]


class RunOptions(NamedTuple):
    """How to run what is selected: with how many workers, in what order, how often, until when."""

    workers: int = 1
    seed: str | None = None
    fail_fast: bool = False
    repeat: int | None = 1
    """None: until something fails."""
    until_fail: bool = False
    strict: bool = False
    """Every failure blocks, whatever its tags say."""
    keep: Keep = "never"
    budgets: Budgets = Budgets()
    jitter: str | None = None
    """The seed of random delays between the platform's services; None: no delays."""
    userdata: Mapping[str, str] = {}
    """What steps and hooks find in `context.config.userdata`."""
    warnings: Sequence[str] = ()
    """What is to be said before the run."""


def options_of(
    settings: Settings,
    *,
    shuffle: str | None,
    jitter: str | None,
    fail_fast: bool,
    repeat: int | None,
    until_fail: bool,
    strict: bool,
    keep: Keep,
    define: Sequence[str],
) -> RunOptions:
    """How to run them; all budgets are stretched by the deadline factor. Raises UserdataError."""
    factor = settings.deadline_factor
    files = read_behave_files(Path.cwd())
    budgets = Budgets(
        step=_stretched(settings.step_budget, factor),
        scenario=_stretched(settings.scenario_budget, factor),
        rings={ring: seconds * factor for ring, seconds in settings.ring_budgets.items()},
        run=_stretched(settings.run_budget, factor),
        factor=factor,
    )
    return RunOptions(
        workers=settings.worker_count,
        seed=shuffle,
        jitter=jitter if jitter is not None else seed_of_variable(),
        userdata=userdata_of(files, define),
        warnings=without_effect(files),
        fail_fast=fail_fast,
        repeat=repeat if repeat is not None or until_fail else 1,
        until_fail=until_fail,
        strict=strict,
        keep=keep,
        budgets=budgets,
    )


def selection_of(
    features: Sequence[str],
    tags: Sequence[str],
    names: Sequence[str],
    *,
    profile: str | None,
    rings: Sequence[int],
    rerun_failed: bool,
    shard: str | None,
    settings: Settings,
) -> Selection:
    """The scenarios asked for; raises SelectionError."""
    selection = Selection(tuple(features or ("features",)), tuple(tags), tuple(names))
    # what most runs do not ask for is loaded by the others alone
    if profile or rings:
        from support.runner.planning.profiles import tags_of

        selection = selection._replace(tags=(*tags_of(profile, rings), *tags))
    if rerun_failed:
        from support.runner.planning.rerun import failed_in_last_run

        only, last = failed_in_last_run(settings.results_folder)
        selection = selection._replace(only=only, why_only=f"--rerun-failed (of run {last})")
    if shard:
        from support.runner.planning.shards import read_shard

        selection = selection._replace(shard=read_shard(shard, read_durations(settings.results_folder)))
    return selection


def _stretched(seconds: float | None, factor: float) -> float | None:
    return None if seconds is None else seconds * factor
