"""The command `ringmaster sabotage`."""

import os
import signal
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer
from rich.console import Console

from environments.reference_platform.sabotage import Sabotage
from support.nearest import did_you_mean
from support.settings import SettingsError, read_settings

# a platform waits now and then, while another one can go on
JOBS = (os.cpu_count() or 1) + 1


def sabotage(
    features: Annotated[list[str] | None, typer.Argument(help="feature files or folders, or file:line; all features when left out")] = None,
    tags: Annotated[list[str] | None, typer.Option(help="tag expression; may be given again")] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(help="a sabotage; all that the features can notice when left out; may be given again"),
    ] = None,
    every_pair: Annotated[
        bool, typer.Option("--every-pair", help="run each scenario against every sabotage it says to catch, not against one")
    ] = False,
    first_catch: Annotated[
        bool, typer.Option("--first-catch", help="of all scenarios that say to catch a sabotage, stop at the first one that does")
    ] = False,
    no_baseline: Annotated[bool, typer.Option("--no-baseline", help="do not first see the scenarios pass without a sabotage")] = False,
    jobs: Annotated[int, typer.Option(min=1, help="platforms at the same time; one more than cores when left out")] = JOBS,
    results_folder: Annotated[Path | None, typer.Option(help="where results are left")] = None,
) -> None:
    """Switch on one defect after another and see which scenarios notice it.

    Prints and saves the matrix (`matrix.md`, `matrix.json`). Exit code 1 when a sabotage survives, or when a scenario notices none and its
    description does not say why (`Catches no sabotage: <why>`).

    Each sabotage meets a scenario that says to catch it (`@catches.<sabotage>`), and each such scenario meets one of its sabotages: each
    is seen to fail once, in as few runs as that takes. A scenario ends at the step that notices.

    Examples: `ringmaster sabotage`, `ringmaster sabotage --tags @ring3`, `ringmaster sabotage --only flops-not-relayed`.
    """
    # behave is imported only when something runs
    from support.runner.exit_codes import ExitCode
    from support.runner.run import complain
    from support.runner.selection import Selection, SelectionError
    from support.sabotage_matrix.make import Wanted, make_matrix
    from support.sabotage_matrix.runs import CannotRun

    came: list[int] = []
    _stop_in_order(came)
    console = Console(soft_wrap=False)
    selection = Selection(tuple(features or ("features",)), tuple(tags or ()))
    try:
        if every_pair and first_catch:
            raise SettingsError("--every-pair runs all scenarios and --first-catch stops at the first: give one of them")
        wanted = Wanted(selection, _known(only or []), every_pair=every_pair, first_catch=first_catch, baseline=not no_baseline, jobs=jobs)
        code = make_matrix(wanted, read_settings(results_folder=results_folder), console)
    except (SettingsError, SelectionError) as error:
        complain(str(error))
        code = ExitCode.WRONG_INPUT
    except CannotRun as error:
        complain(str(error))
        code = ExitCode(error.exit_code)
    except KeyboardInterrupt:
        complain("stopped; the runs under way were ended in order")
        code = ExitCode.of_signal(came)
    raise typer.Exit(code)


def _stop_in_order(came: list[int]) -> None:
    """Let SIGTERM and SIGHUP stop the runs as Ctrl-C does; `came` is told which."""

    def stop(number: int, _frame: FrameType | None) -> None:
        came.append(number)
        raise KeyboardInterrupt

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)


def _known(names: list[str]) -> tuple[Sabotage, ...]:
    known = {str(sabotage): sabotage for sabotage in Sabotage}
    for name in names:
        if name not in known:
            raise SettingsError(f"'{name}' is not a sabotage.{did_you_mean(name, known)} `ringmaster sabotages` lists them")
    return tuple(known[name] for name in names)
