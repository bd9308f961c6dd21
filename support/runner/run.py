"""`ringmaster run`: choose features, start the platform, run them on workers, say the verdict."""

import gc
import os
import platform
import signal
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

from behave.configuration import Configuration
from behave.exception import ConfigError

from environments.errors import DeploymentRefused, SubstrateError, UnknownSubstrate
from environments.processes.child import RUN_VARIABLE
from support.redaction import redact
from support.results.exit_codes import ExitCode
from support.results.reporting import RunReports
from support.results.run_folder import RunFolder
from support.results.scenario_result import Status
from support.runner.behave_adapter.runner import CodeUnusable
from support.runner.execution import Execution, RunOutcome
from support.runner.history import keep_durations, read_durations
from support.runner.options import RunOptions
from support.runner.selection import Model, Selection, SelectionError, configuration_of, read_model
from support.runner.session import ResultsFolderUnusable, RunSession, begin_session
from support.runner.stopping import Stopping
from support.runner.summary import print_summary, write_record
from support.runner.tags import WrongTag, refuse_wrong_tags
from support.runner.verdict import judge
from support.settings import Settings
from support.settings_file import SettingsError
from support.terminal import complain, say

MakeReports = Callable[[RunFolder], RunReports]


def run(selection: Selection, settings: Settings, options: RunOptions, make_reports: MakeReports) -> ExitCode:
    """Run the selected scenarios on a platform started for them, write the reports, and return the exit code."""
    session = begin_session(settings)
    # marks every process that steps start, so that none outlives a killed run for long
    os.environ[RUN_VARIABLE] = session.folder.run
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
        except Exception:
            complain(f"this is a defect of Ringmaster; please report it with {_kept_trace(session)}")
            return ExitCode.PLATFORM_FAILED
        finally:
            _stop(session, stopping)


def _run(selection: Selection, session: RunSession, options: RunOptions, stopping: Stopping, make_reports: MakeReports) -> ExitCode:
    settings = session.settings
    configuration = configuration_of(selection)
    # a model of thousands of steps is made once, and never garbage: looking through it again and again takes longer than making it
    gc.disable()
    model = read_model(configuration, selection)
    gc.freeze()
    gc.enable()
    refuse_wrong_tags(model.selected)
    session.shard, session.shard_plan = str(selection.shard) if selection.shard else None, model.shard_plan
    session.prepare([scenario.filename for scenario in model.selected])
    reports = make_reports(session.folder)
    execution = Execution(configuration, session.folder, options, stopping, reports)
    execution.clean_up_after = session.clean_up_after
    execution.loading_seconds = session.loading_seconds
    try:
        _start_platform(session, options)
    except SubstrateError as error:
        problem = f"the platform could not be started: {error}{_where_logs_are(session)}"
        complain(problem)
        outcome = execution.report_failed_start(problem)
    else:
        models = _models(configuration, selection, model)
        outcome = execution.run_selected(models, read_durations(settings.results_folder))
    reports.describe_run(_facts(session))
    return _conclude(outcome, session, options, stopping, reports)


def _where_logs_are(session: RunSession) -> str:
    return f"\nIts logs are in {session.folder.logs}" if any(session.folder.logs.iterdir()) else ""


def _models(configuration: Configuration, selection: Selection, first: Model) -> Iterator[Model]:
    """One for each repetition, since it takes up what came of the scenarios."""
    yield first
    while True:
        yield read_model(configuration, selection)


def _conclude(outcome: RunOutcome, session: RunSession, options: RunOptions, stopping: Stopping, reports: RunReports) -> ExitCode:
    session.died += outcome.deaths
    verdict = judge(outcome)
    exit_code = ExitCode.of_signal(stopping.came) if stopping.came else verdict.exit_code
    reports.run_over(write_record(session, outcome, options, exit_code))
    passed = {str(result.identity): result.wall_seconds for result in outcome.results if result.status is Status.PASSED}
    keep_durations(session.settings.results_folder, passed)
    print_summary(session, outcome, options, verdict, exit_code)
    if not stopping.came and (options.keep == "always" or (options.keep == "on-failure" and exit_code is not ExitCode.PASSED)):
        _keep(session)
    return exit_code


def _kept_trace(session: RunSession) -> Path:
    """The file that the current exception was written to, redacted."""
    import tempfile

    folder = session.folder.path if session.folder.path.is_dir() else Path(tempfile.gettempdir())
    file = folder / f"ringmaster-error-{session.folder.run}.txt"
    file.write_text(redact(traceback.format_exc()), encoding="utf-8")
    return file


def _start_platform(session: RunSession, options: RunOptions) -> None:
    settings = session.settings
    facts = [f"substrate {settings.substrate}"]
    facts += [f"{options.workers} worker{'s' if options.workers > 1 else ''}"]
    facts += [f"--shuffle={options.seed}"] if options.seed is not None else []
    facts += [f"sabotage {settings.sabotage}"] if settings.sabotage else []
    say(f"Ringmaster run {session.folder.run}: {', '.join(facts)}", "bold")
    for removed in session.cleaned_up:
        say(f"  cleaned up after a killed run: {removed}")
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


def _keep(session: RunSession) -> None:
    """Wait for a signal, with the platform running."""
    if not any(session.deployments):
        say("--keep: there is no platform to keep")
        return
    try:
        say("\nThe platform is kept. Reach it at:", "bold")
        for name, address in session.addresses.items():
            say(f"  {name}: {address}")
        say(f"  logs: {session.folder.logs}")
        say(f"End it with Ctrl-C, or `kill {os.getpid()}`.")
        signal.pause()
    except KeyboardInterrupt:
        say("Ending the platform.")


def _facts(session: RunSession) -> dict[str, str]:
    settings = session.settings
    return {
        "run": session.folder.run,
        "substrate": settings.substrate,
        "sabotage": str(settings.sabotage or "none"),
        "python": platform.python_version(),
        **session.facts,
    }
