"""`ringmaster run --list`: what would run and what would be skipped, without starting anything."""

from pathlib import Path

from environments.errors import SubstrateError
from support.results.exit_codes import ExitCode
from support.runner.planning.errors import SelectionError
from support.runner.planning.selection import Selection, configuration_of, read_model
from support.runner.session import begin_session
from support.settings import Settings
from support.terminal import complain, say


def list_scenarios(selection: Selection, settings: Settings) -> ExitCode:
    """Print each selected scenario with its place, and why it would be skipped; 1 when none would run."""
    session = begin_session(settings)
    try:
        scenarios = read_model(configuration_of(selection), selection).selected
        session.choose(scenarios)
    except (SelectionError, SubstrateError) as error:
        complain(str(error))
        return ExitCode.WRONG_INPUT
    would_run = 0
    for scenario in scenarios:
        reason = session.reason_to_skip(scenario)
        would_run += reason is None
        place = f"{_from_here(Path(scenario.filename))}:{scenario.line}"
        say(f"{place}  {scenario.name}")
        if reason:
            say(f"    would be skipped: {reason}", "yellow")
    say(f"{would_run} would run, {len(scenarios) - would_run} would be skipped on {settings.substrate}")
    return ExitCode.PASSED if would_run or selection.shard else ExitCode.FAILED


def _from_here(file: Path) -> Path:
    return file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file
