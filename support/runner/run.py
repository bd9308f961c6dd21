"""`ringmaster run`: choose features, start the platform, run behave, say the verdict."""

import platform
import signal
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from types import FrameType

from behave.configuration import Configuration
from behave.runner import Runner
from behave.runner_util import reset_runtime
from behave.step_registry import AmbiguousStep
from rich.console import Console

from environments.substrate import SubstrateError, UnknownSubstrate
from support.redaction import redact
from support.runner.exit_codes import ExitCode
from support.runner.selection import Selection, SelectionError, configuration_of
from support.runner.session import ResultsFolderUnusable, RunSession, begin_session
from support.runner.verdict import verdict
from support.settings import Settings


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
            configuration = configuration_of(selection, session.folder, allure=settings.allure)
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
    exit_code = verdict(runner, session, console)
    return ExitCode.of_signal(stopped) if stopped else exit_code


def complain(message: str) -> None:
    """One redacted message on stderr that says what is wrong."""
    Console(stderr=True, soft_wrap=True).print(f"ringmaster: {redact(message)}", style="red", markup=False, highlight=False)


def _kept_trace(session: RunSession) -> Path:
    """The file that the current exception was written to, redacted."""
    folder = session.folder.path if session.folder.path.is_dir() else Path(tempfile.gettempdir())
    file = folder / f"ringmaster-error-{session.folder.run}.txt"
    file.write_text(redact(traceback.format_exc()), encoding="utf-8")
    return file


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
