"""`ringmaster run`: choose features, start the platform, run behave, say the verdict."""

import platform
import signal
import tempfile
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from types import FrameType

from behave.configuration import Configuration
from behave.exception import ConfigError, TagExpressionError
from behave.model import Scenario
from behave.parser import ParserError
from behave.runner import Runner
from behave.runner_util import InvalidFileLocationError, collect_feature_locations, parse_features, reset_runtime
from behave.step_registry import AmbiguousStep
from rich.console import Console

from environments.substrate import SubstrateError, UnknownSubstrate
from reports.junit import PartsJUnitReporter
from reports.run_record import RunRecord, record_of
from support.redaction import redact
from support.runner.exit_codes import ExitCode
from support.runner.session import ResultsFolderUnusable, RunSession, begin_session
from support.settings import Settings


class SelectionError(Exception):
    """The features that were asked for cannot be run: not found, not readable, or none selected."""


@dataclass(frozen=True)
class Selection:
    """Which scenarios to run: paths of features (file, folder or file:line), a tag expression, parts of names."""

    paths: tuple[str, ...] = ("features",)
    tags: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


class SignalledStop(KeyboardInterrupt):
    """SIGTERM or SIGHUP arrived; the run ends in order, as it does on Ctrl-C."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


def run(selection: Selection, settings: Settings, console: Console) -> ExitCode:
    """Run the selected scenarios on a platform started for them, and return the exit code."""
    session = begin_session(settings)
    with _stopped_in_order() as stopped:
        try:
            configuration = _configuration(selection, session)
            _refuse_empty_selection(configuration, selection)
            session.prepare()
            _start_platform(session, console)
            if settings.allure:
                _tell_allure(session)
            runner = _run_features(configuration)
        except (SelectionError, ResultsFolderUnusable) as error:
            complain(str(error))
            return ExitCode.WRONG_INPUT
        except SubstrateError as error:
            complain(str(error))
            return ExitCode.WRONG_INPUT if isinstance(error, UnknownSubstrate) else ExitCode.PLATFORM_FAILED
        except KeyboardInterrupt:
            complain("stopped before any scenario ran")
            return ExitCode.of_signal(stopped)
        except Exception:
            complain(f"this is a defect of Ringmaster; please report it with {_kept_trace(session)}")
            return ExitCode.PLATFORM_FAILED
        finally:
            session.stop()
    if stopped:
        return ExitCode.of_signal(stopped)
    return _verdict(runner, session, console)


def complain(message: str) -> None:
    """One redacted message on stderr that says what is wrong."""
    Console(stderr=True, soft_wrap=True).print(f"ringmaster: {redact(message)}", style="red", markup=False, highlight=False)


def _kept_trace(session: RunSession) -> Path:
    """The file that the current exception was written to, redacted."""
    folder = session.folder.path if session.folder.path.is_dir() else Path(tempfile.gettempdir())
    file = folder / f"ringmaster-error-{session.folder.run}.txt"
    file.write_text(redact(traceback.format_exc()), encoding="utf-8")
    return file


def _configuration(selection: Selection, session: RunSession) -> Configuration:
    """behave's configuration, made here and from no file: a tox.ini would erase what pyproject.toml says."""
    missing = [path for path in selection.paths if not Path(path.rpartition(":")[0] or path).exists() and not Path(path).exists()]
    if missing:
        raise SelectionError(f"no such feature file or folder: {', '.join(missing)}")
    folder = session.folder
    arguments = ["--no-capture-hooks", "--junit", "--junit-directory", str(folder.junit), "--no-summary", "--show-skipped"]
    arguments += ["--format", "reports.console:ConsoleFormatter", "--outfile", "-"]
    if session.settings.allure:
        arguments += ["--format", "reports.allure:HonestAllureFormatter", "--outfile", str(folder.allure)]
    arguments += [f"--tags={tag}" for tag in selection.tags] + [f"--name={name}" for name in selection.names]
    try:
        configuration = Configuration([*arguments, *selection.paths], load_config=False)
    except (TagExpressionError, ConfigError) as error:
        raise SelectionError(f"the tags cannot be read: {error}") from error
    configuration.reporters = [PartsJUnitReporter(configuration)]
    return configuration


def _refuse_empty_selection(configuration: Configuration, selection: Selection) -> None:
    if not list(_selected(configuration)):
        asked = ", ".join([*selection.paths, *(f"--tags {tag}" for tag in selection.tags), *(f"--name {name}" for name in selection.names)])
        raise SelectionError(f"no scenario is selected by: {asked}")


def _selected(configuration: Configuration) -> Iterator[Scenario]:
    try:
        features = parse_features(collect_feature_locations(configuration.paths), language=configuration.lang)
    except (ParserError, InvalidFileLocationError, UnicodeDecodeError) as error:
        raise SelectionError(f"a feature cannot be read: {error}") from error
    for feature in features:
        yield from (scenario for scenario in feature.walk_scenarios() if scenario.should_run(configuration))


def _start_platform(session: RunSession, console: Console) -> None:
    settings = session.settings
    console.print(
        f"[bold]Ringmaster[/bold] run {session.folder.run}: substrate {settings.substrate}, environment {settings.environment_name}"
        + (f", sabotage [yellow]{settings.sabotage}[/yellow]" if settings.sabotage else ""),
        highlight=False,
    )
    for removed in session.cleaned_up:
        console.print(f"  cleaned up after a killed run: {removed}", highlight=False)
    session.start()
    console.print(f"Platform ready in {session.ready_seconds:.2f} s; ingestor: {session.ingestor}", highlight=False)


def _run_features(configuration: Configuration) -> Runner:
    reset_runtime()
    runner = Runner(configuration)
    try:
        runner.run()
    except (AmbiguousStep, SyntaxError, ImportError) as error:
        raise SelectionError(f"the step definitions cannot be loaded: {error}") from error
    return runner


def _verdict(runner: Runner, session: RunSession, console: Console) -> ExitCode:
    """Count what ran, write the run's record, print the closing lines and choose the exit code."""
    scenarios = [s for f in runner.features for s in f.walk_scenarios() if s.should_run(runner.config) or s.status.name != "untested"]
    told = [s for s in scenarios if s.status.name != "skipped" or s.skip_reason]
    counts = Counter(scenario.status.name for scenario in told)
    exit_code = _exit_code(counts, runner, session)
    _write_record(session, told, exit_code)
    for death in session.died:
        console.print(f"\n{death}", style="red", markup=False, highlight=False)
    counted = ", ".join(f"{count} {status.replace('_', ' ')}" for status, count in sorted(counts.items())) or "no scenario ran"
    seconds = sum(scenario.duration for scenario in told)
    latest = _shown(session.folder.path.parent / "latest")
    style = "green" if exit_code is ExitCode.PASSED else "red"
    console.print(f"\n[{style}]{counted}[/{style}] in {seconds:.1f} s. Results: {latest}", highlight=False)
    return exit_code


def _tell_allure(session: RunSession) -> None:
    # imported here: it costs 0.1 s, and Allure may be switched off
    from reports.allure import write_surroundings

    settings = session.settings
    facts = {
        "run": session.folder.run,
        "substrate": settings.substrate,
        "environment": settings.environment_name,
        "ingestor": session.ingestor,
        "sabotage": str(settings.sabotage or "none"),
        "python": platform.python_version(),
        "tracebloc SDK": version("tracebloc"),
        "azure-servicebus": version("azure-servicebus"),
    }
    write_surroundings(session.folder.allure, {name.replace(" ", "_"): value for name, value in facts.items()})


def _exit_code(counts: Counter[str], runner: Runner, session: RunSession) -> ExitCode:
    if session.died:
        return ExitCode.PLATFORM_FAILED
    bad = sum(count for status, count in counts.items() if status not in ("passed", "skipped"))
    # nothing but skips is not a pass
    return ExitCode.PASSED if counts["passed"] and not bad and not runner.hook_failures else ExitCode.FAILED


def _write_record(session: RunSession, scenarios: list[Scenario], exit_code: ExitCode) -> None:
    settings = session.settings
    RunRecord(
        run=session.folder.run,
        substrate=settings.substrate,
        client_env=settings.environment_name,
        sabotage=settings.sabotage,
        ready_seconds=session.ready_seconds,
        exit_code=exit_code,
        scenarios=[record_of(scenario) for scenario in scenarios],
    ).write(session.folder.path)


def _shown(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


@contextmanager
def _stopped_in_order() -> Iterator[list[int]]:
    """Turn SIGTERM and SIGHUP into KeyboardInterrupt, which behave ends in order; the list tells which signal came."""
    came: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        came.append(number)
        raise SignalledStop(number)

    numbers = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
    before = {number: signal.signal(number, stop) for number in numbers}
    try:
        yield came
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
