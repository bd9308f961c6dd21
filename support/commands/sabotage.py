"""The command `ringmaster sabotage`: prepared defects, or random ones."""

import os
import signal
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, NamedTuple

import click
from click.exceptions import Exit

from environments.choose import all_sabotages
from environments.errors import SubstrateError
from support.commands.common import keep_measurement
from support.commands.grouped_options import grouped_options
from support.nearest import did_you_mean
from support.results.exit_codes import ExitCode
from support.settings import Settings, read_settings
from support.settings_file import SettingsError
from support.terminal import complain, say

if TYPE_CHECKING:
    from support.runner.planning.selection import Selection

# a platform waits now and then, while another one can go on
JOBS = (os.cpu_count() or 1) + 1
SCORE = "sabotage score"
"""What the history keeps of a whole matrix, and of random mutants."""


OPTIONS = (
    click.argument("features", nargs=-1, help="feature files or folders, or file:line; all features when left out"),
    click.option("--tags", multiple=True, help="tag expression; may be given again"),
    click.option("--only", multiple=True, help="a sabotage; all that the features can notice when left out; may be given again"),
    click.option("--every-pair", is_flag=True, help="run each scenario against every sabotage it says to catch, not against one"),
    click.option("--first-catch", is_flag=True, help="of all scenarios that say to catch a sabotage, stop at the first one that does"),
    click.option("--no-baseline", is_flag=True, help="skip the first run, which shows that the scenarios pass without a sabotage"),
    click.option(
        "--random", "number", type=click.IntRange(min=1), help="instead, make this many small random changes to the services' code"
    ),
    click.option("--seed", type=int, help="with --random: the same seed makes the same changes to the same code; a new one when left out"),
    click.option("--service", "services", multiple=True, help="with --random: only code of this service; may be given again"),
    click.option("--at-least", type=click.FloatRange(0, 100), help="with --random: exit code 1 when scenarios notice a smaller percentage"),
    click.option(
        "--jobs",
        type=click.IntRange(min=1),
        default=JOBS,
        help="how many platforms run at a time; one more than there are cores when left out",
    ),
    click.option("--results-folder", type=click.Path(path_type=Path), help="where results go"),
)


class Trial(NamedTuple):
    """What both kinds of defects are tried with."""

    features: tuple[str, ...]
    tags: tuple[str, ...]
    no_baseline: bool
    jobs: int

    @property
    def selection(self) -> "Selection":
        """The scenarios that are to notice."""
        from support.runner.planning.selection import Selection

        return Selection(self.features or ("features",), self.tags)


class Prepared(NamedTuple):
    """Options that only the prepared defects have."""

    only: tuple[str, ...]
    every_pair: bool
    first_catch: bool


class Random(NamedTuple):
    """Options that only random defects have; no `number` means prepared ones."""

    number: int | None
    seed: int | None
    services: tuple[str, ...]
    at_least: float | None


@click.command()
@grouped_options(OPTIONS, trial=Trial, prepared=Prepared, random=Random)
def sabotage(trial: Trial, prepared: Prepared, random: Random, results_folder: Path | None) -> None:
    """Make one defect after another, prepared or random, and see which scenarios notice it.

    Prints and saves the matrix (`matrix.md`, `matrix.json`). Exit code 1 when a sabotage survives, or when a scenario notices none and its
    description does not say why (`Catches no sabotage: <why>`).

    Each sabotage meets a scenario that says to catch it (`@catches.<sabotage>`), and each such scenario meets one of its sabotages: each
    is seen to fail once, in as few runs as that takes. A scenario ends at the step that notices.

    With --random, small realistic mistakes are made in a copy of the services' code, each tried against scenarios that run its line, quick
    ones first, up to the first that notices. Prints and saves (`mutants.md`, `mutants.json`) the kill rate by service, what
    survived as diffs to read, and the trend. What nobody could notice is marked in features/<platform>/equivalent-mutants.toml.

    \b
    Examples:
    ringmaster sabotage
    ringmaster sabotage --tags @ring3
    ringmaster sabotage --only orders-charged-twice
    ringmaster sabotage --random 50 --at-least 75
    ringmaster sabotage --random 10 --seed 7 --service notes
    """
    raise Exit(_judge(trial, prepared, random, results_folder))


def _judge(trial: Trial, prepared: Prepared, random: Random, results_folder: Path | None) -> ExitCode:
    # behave is imported only when something runs
    from support.results.run_folder import ResultsFolderUnusable
    from support.runner.planning.errors import SelectionError
    from support.sabotage_matrix.processes import CannotRun

    came: list[int] = []
    _stop_in_order(came)
    try:
        good = _try_defects(trial, prepared, random, read_settings(results_folder=results_folder))
        return ExitCode.PASSED if good else ExitCode.FAILED
    except (SettingsError, SelectionError, ResultsFolderUnusable) as error:
        complain(str(error))
        return ExitCode.WRONG_INPUT
    except SubstrateError as error:
        complain(str(error))
        return ExitCode.PLATFORM_FAILED
    except CannotRun as error:
        complain(str(error))
        return ExitCode(error.exit_code)
    except KeyboardInterrupt:
        complain("stopped; the runs under way were ended in order")
        return ExitCode.of_signal(came)


def _try_defects(trial: Trial, prepared: Prepared, random: Random, settings: Settings) -> bool:
    """Whether the scenarios notice enough."""
    if random.number is not None:
        _refuse_together(
            {"--only": prepared.only, "--every-pair": prepared.every_pair, "--first-catch": prepared.first_catch}, "do not go with --random"
        )
        return _try_random(trial, random, random.number, settings)
    _refuse_together(
        {"--seed": random.seed is not None, "--service": random.services, "--at-least": random.at_least is not None},
        "go with --random only",
    )
    if prepared.every_pair and prepared.first_catch:
        raise SettingsError("--every-pair runs all scenarios and --first-catch stops at the first: give one of them")
    return _try_prepared(trial, prepared, settings)


def _try_prepared(trial: Trial, prepared: Prepared, settings: Settings) -> bool:
    """The matrix of the sabotages; whether it has no gaps."""
    from reports.sabotage_matrix import print_matrix, write_markdown
    from support.sabotage_matrix.make import Wanted, make_matrix

    selection = trial.selection
    wanted = Wanted(
        selection,
        _known(prepared.only),
        every_pair=prepared.every_pair,
        first_catch=prepared.first_catch,
        baseline=not trial.no_baseline,
        jobs=trial.jobs,
    )
    matrix, folder = make_matrix(wanted, settings)
    print_matrix(matrix)
    if not prepared.only and not selection.tags and tuple(selection.paths) == ("features",):
        # of a part, the score says nothing about the whole
        keep_measurement(settings.results_folder, SCORE, "named", {"caught": len(matrix.caught), "of": len(matrix.sabotages)})
    say(f"Saved as {write_markdown(matrix, folder)}")
    return not matrix.findings


def _try_random(trial: Trial, random: Random, number: int, settings: Settings) -> bool:
    """Random mutants; whether enough were killed."""
    if find_spec("libcst") is None:
        raise SettingsError("--random needs libcst, which is not installed: pip install 'ringmaster[development]'")
    from reports.mutation import print_mutants, write_markdown
    from support.mutation.make import Unusable, WantedMutants, make_mutants

    wanted = WantedMutants(trial.selection, number, random.seed, random.services, not trial.no_baseline, trial.jobs)
    try:
        report, folder = make_mutants(wanted, settings)
    except Unusable as error:
        raise SettingsError(str(error)) from error
    print_mutants(report)
    keep_measurement(settings.results_folder, SCORE, "random", {"caught": report.total.killed, "of": report.total.mutants})
    say(f"Saved as {write_markdown(report, folder)}")
    enough = random.at_least is None or report.total.percent >= random.at_least
    if not enough:
        say(f"That is less than the {random.at_least:g} % asked for", "red")
    return enough


def _refuse_together(given: Mapping[str, object], why: str) -> None:
    if names := [name for name, value in given.items() if value]:
        raise SettingsError(f"{' and '.join(names)}: {why}")


def _stop_in_order(came: list[int]) -> None:
    """Let the signals stop the runs; `came` is told which."""
    from support.runner.stopping import stopping_signals

    def stop(number: int, _frame: FrameType | None) -> None:
        came.append(number)
        raise KeyboardInterrupt

    for number in stopping_signals():
        signal.signal(number, stop)


def _known(names: tuple[str, ...]) -> tuple[str, ...]:
    known = all_sabotages()
    for name in names:
        if name not in known:
            raise SettingsError(f"'{name}' is not a sabotage.{did_you_mean(name, known)} `ringmaster sabotages` lists them")
    return names
