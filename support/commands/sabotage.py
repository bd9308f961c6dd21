"""The command `ringmaster sabotage`."""

import os
import signal
from pathlib import Path
from types import FrameType

import click
from click.exceptions import Exit

from environments.choose import all_sabotages
from support.commands.common import keep_measurement
from support.nearest import did_you_mean
from support.settings import read_settings
from support.settings_file import SettingsError
from support.terminal import complain, say

# a platform waits now and then, while another one can go on
JOBS = (os.cpu_count() or 1) + 1


@click.command()
@click.argument("features", nargs=-1, help="feature files or folders, or file:line; all features when left out")
@click.option("--tags", multiple=True, help="tag expression; may be given again")
@click.option("--only", multiple=True, help="a sabotage; all that the features can notice when left out; may be given again")
@click.option("--every-pair", is_flag=True, help="run each scenario against every sabotage it says to catch, not against one")
@click.option("--first-catch", is_flag=True, help="of all scenarios that say to catch a sabotage, stop at the first one that does")
@click.option("--no-baseline", is_flag=True, help="do not first see the scenarios pass without a sabotage")
@click.option("--jobs", type=click.IntRange(min=1), default=JOBS, help="platforms at the same time; one more than cores when left out")
@click.option("--results-folder", type=click.Path(path_type=Path), help="where results are left")
def sabotage(
    features: tuple[str, ...],
    tags: tuple[str, ...],
    only: tuple[str, ...],
    every_pair: bool,
    first_catch: bool,
    no_baseline: bool,
    jobs: int,
    results_folder: Path | None,
) -> None:
    """Switch on one defect after another and see which scenarios notice it.

    Prints and saves the matrix (`matrix.md`, `matrix.json`). Exit code 1 when a sabotage survives, or when a scenario notices none and its
    description does not say why (`Catches no sabotage: <why>`).

    Each sabotage meets a scenario that says to catch it (`@catches.<sabotage>`), and each such scenario meets one of its sabotages: each
    is seen to fail once, in as few runs as that takes. A scenario ends at the step that notices.

    \b
    Examples:
    ringmaster sabotage
    ringmaster sabotage --tags @ring3
    ringmaster sabotage --only orders-charged-twice
    """
    # behave is imported only when something runs
    from reports.sabotage_matrix import print_matrix, write_markdown
    from support.results.exit_codes import ExitCode
    from support.runner.selection import Selection, SelectionError
    from support.sabotage_matrix.make import Wanted, make_matrix
    from support.sabotage_matrix.runs import CannotRun

    came: list[int] = []
    _stop_in_order(came)
    selection = Selection(features or ("features",), tags)
    try:
        if every_pair and first_catch:
            raise SettingsError("--every-pair runs all scenarios and --first-catch stops at the first: give one of them")
        wanted = Wanted(selection, _known(only), every_pair=every_pair, first_catch=first_catch, baseline=not no_baseline, jobs=jobs)
        settings = read_settings(results_folder=results_folder)
        matrix, folder = make_matrix(wanted, settings)
        print_matrix(matrix)
        if not (features or tags or only):
            # of a part, the score says nothing about the whole
            score = {"caught": len(matrix.caught), "of": len(matrix.sabotages)}
            keep_measurement(settings.results_folder, "sabotage score", "named", score)
        say(f"Saved as {write_markdown(matrix, folder)}")
        code = ExitCode.FAILED if matrix.findings else ExitCode.PASSED
    except (SettingsError, SelectionError) as error:
        complain(str(error))
        code = ExitCode.WRONG_INPUT
    except CannotRun as error:
        complain(str(error))
        code = ExitCode(error.exit_code)
    except KeyboardInterrupt:
        complain("stopped; the runs under way were ended in order")
        code = ExitCode.of_signal(came)
    raise Exit(code)


def _stop_in_order(came: list[int]) -> None:
    """Let SIGTERM and SIGHUP stop the runs as Ctrl-C does; `came` is told which."""

    def stop(number: int, _frame: FrameType | None) -> None:
        came.append(number)
        raise KeyboardInterrupt

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)


def _known(names: tuple[str, ...]) -> tuple[str, ...]:
    known = all_sabotages()
    for name in names:
        if name not in known:
            raise SettingsError(f"'{name}' is not a sabotage.{did_you_mean(name, known)} `ringmaster sabotages` lists them")
    return names
