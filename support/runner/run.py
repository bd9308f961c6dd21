"""`ringmaster run`: choose features, start the platform, run them on workers, say the verdict."""

import gc
import itertools
import os
import platform
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

from behave.configuration import Configuration
from behave.exception import ConfigError

from environments.errors import DeploymentRefused, SubstrateError, UnknownSubstrate
from environments.processes.variables import RUN_VARIABLE
from environments.reference_services import jitter
from support.redaction import redact
from support.results.exit_codes import ExitCode
from support.results.reporting import RunReports
from support.results.run_folder import ResultsFolderUnusable, RunFolder
from support.runner.behave_adapter.runner import CodeUnusable
from support.runner.execution import Execution, RunOutcome
from support.runner.history import read_durations
from support.runner.options import RunOptions
from support.runner.planning.errors import SelectionError
from support.runner.planning.selection import Model, Selection, configuration_of, read_model
from support.runner.planning.tags import WrongTag, refuse_wrong_tags
from support.runner.session import RunSession, begin_session
from support.runner.stopping import Stopping
from support.runner.workers.worker import why_unwritten
from support.settings import Settings
from support.settings_file import SettingsError
from support.system_errors import sentence_of
from support.terminal import Style, complain, say

MOST_OF_A_KIND = 20
"""Listed before a run; of more, that there are."""
MakeReports = Callable[[RunFolder, int], RunReports]
"""Gets the run's folder, and how many scenarios are selected."""


def run(selection: Selection, settings: Settings, options: RunOptions, make_reports: MakeReports) -> ExitCode:
    """Run the selected scenarios on a platform started for them, write the reports, and return the exit code."""
    session = begin_session(settings)
    # marks every process that steps start, so that none outlives a killed run for long
    os.environ[RUN_VARIABLE] = session.folder.run
    if options.jitter is not None:
        os.environ[jitter.VARIABLE] = options.jitter
    with Stopping() as stopping:
        try:
            return _run(selection, session, options, stopping, make_reports)
        except (SelectionError, WrongTag, CodeUnusable, ResultsFolderUnusable, ConfigError, SettingsError) as error:
            complain(str(error))
            return ExitCode.WRONG_INPUT
        except SubstrateError as error:
            complain(str(error))
            return ExitCode.WRONG_INPUT if isinstance(error, UnknownSubstrate | DeploymentRefused) else ExitCode.PLATFORM_FAILED
        except KeyboardInterrupt:
            complain("stopped before any scenario ran")
            return ExitCode.of_signal(stopping.came)
        except Exception as error:
            if sentence := sentence_of(error):
                complain(sentence)
                return ExitCode.PLATFORM_FAILED
            complain(f"this is a defect of Ringmaster; please report it with {_kept_trace(session)}")
            return ExitCode.PLATFORM_FAILED
        finally:
            _stop(session, stopping)


def _run(selection: Selection, session: RunSession, options: RunOptions, stopping: Stopping, make_reports: MakeReports) -> ExitCode:
    configuration = configuration_of(selection)
    configuration.update_userdata(options.userdata)
    # a model of thousands of steps is made once, and never garbage: looking through it again and again takes longer than making it
    gc.disable()
    model = read_model(configuration, selection)
    gc.freeze()
    gc.enable()
    refuse_wrong_tags(model.selected)
    session.shard, session.shard_plan = str(selection.shard) if selection.shard else None, model.shard_plan
    session.prepare(model.selected)
    reports = make_reports(session.folder, len(model.selected))
    execution = Execution(configuration, session.folder, options, stopping, reports)
    execution.clean_up_after = session.clean_up_after
    execution.may_meet = lambda scenario, defect: session.deployment_of(scenario).may_have(defect)
    execution.has_alone = lambda scenario: session.deployment_of(scenario).for_one_alone
    execution.loading_seconds = session.loading_seconds
    if model.selected:
        with execution.loaded(model):
            outcome = _outcome(execution, _models(configuration, selection, model), session, options)
    else:
        say(f"There is nothing to run in shard {selection.shard}: more parts were asked for than there are scenarios.")
        outcome = RunOutcome()
    outcome.unwritten = outcome.unwritten or why_unwritten(lambda: reports.describe_run(_facts(session)))
    # nobody waits for a scenario any more
    from support.runner.conclusion import conclude

    return conclude(outcome, session, options, stopping, selection, reports)


def _outcome(execution: Execution, models: Iterator[Model], session: RunSession, options: RunOptions) -> RunOutcome:
    first = next(models)
    _announce(session, options, execution.overlooked(), execution.undefined_steps(first))
    try:
        _start_platform(session)
    except SubstrateError as error:
        problem = f"the platform could not be started: {error}{_where_logs_are(session)}"
        complain(problem)
        return execution.report_failed_start(problem)
    return execution.run_selected(itertools.chain([first], models), read_durations(session.settings.results_folder))


def _where_logs_are(session: RunSession) -> str:
    return f"\nIts logs are in {session.folder.logs}" if any(session.folder.logs.iterdir()) else ""


def _models(configuration: Configuration, selection: Selection, first: Model) -> Iterator[Model]:
    """One for each repetition, since it takes up what came of the scenarios."""
    yield first
    while True:
        yield read_model(configuration, selection)


def _kept_trace(session: RunSession) -> Path:
    """The file that the current exception was written to, redacted."""
    import tempfile

    folder = session.folder.path if session.folder.path.is_dir() else Path(tempfile.gettempdir())
    file = folder / f"ringmaster-error-{session.folder.run}.txt"
    file.write_text(redact(traceback.format_exc()), encoding="utf-8")
    return file


def _announce(session: RunSession, options: RunOptions, unused: list[str], undefined: list[str]) -> None:
    """Say what runs, and what is known already to go wrong."""
    settings = session.settings
    facts = [f"substrate {settings.substrate}"]
    facts += [f"{options.workers} worker{'s' if options.workers > 1 else ''}"]
    facts += [f"--shuffle={options.seed}"] if options.seed is not None else []
    facts += [f"--jitter={options.jitter}"] if options.jitter is not None else []
    facts += [f"sabotage {settings.sabotage}"] if settings.sabotage else []
    say(f"Ringmaster run {session.folder.run}: {', '.join(facts)}", "bold")
    for told in options.warnings:
        say(f"  {told}", "yellow")
    _say_first("not used", unused, "yellow")
    for removed in session.cleaned_up:
        say(f"  cleaned up after a killed run: {removed}")
    _say_first("undefined", undefined, "red")


def _say_first(what: str, found: list[str], colour: Style) -> None:
    for told in found[:MOST_OF_A_KIND]:
        say(f"  {what}: {told}", colour)
    if len(found) > MOST_OF_A_KIND:
        say(f"  {what}: {len(found) - MOST_OF_A_KIND} more; `ringmaster lint` lists them", colour)


def _start_platform(session: RunSession) -> None:
    session.start()
    if any(session.deployments):
        details = "".join(f"; {name}: {text}" for name, text in session.facts.items())
        say(f"Platform ready in {session.ready_seconds:.2f} s{details}")


def _stop(session: RunSession, stopping: Stopping) -> None:
    if len(stopping.came) > 1:
        session.stop_at_once()
        return
    try:
        with stopping.put_off():
            session.stop()
    except KeyboardInterrupt:
        session.stop_at_once()


def _facts(session: RunSession) -> dict[str, str]:
    settings = session.settings
    return {
        "run": session.folder.run,
        "substrate": settings.substrate,
        "sabotage": str(settings.sabotage or "none"),
        "python": platform.python_version(),
        **session.facts,
    }
