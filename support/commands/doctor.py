"""The command `ringmaster doctor`."""

import json
from typing import TYPE_CHECKING

import click
from click.exceptions import Exit

from support.commands.common import refused
from support.terminal import Style, say, styled

if TYPE_CHECKING:
    from support.doctor.diagnosis import Diagnosis

EPILOG = "Exit codes: 0 everything is there that the substrate needs; 2 there is no such substrate or deployment; 3 something is missing."
MARKS: dict[str, tuple[str, Style]] = {
    "there": ("✓", "green"),
    "missing": ("✗", "red"),
    "left out": ("-", "yellow"),
    "low": ("!", "yellow"),
}


@click.command(epilog=EPILOG)
@click.option("--substrate", help="where the platforms are to run; as set when left out")
@click.option("--json", "as_json", is_flag=True, help="everything, as JSON")
def doctor(substrate: str | None, as_json: bool) -> None:
    """Check this machine: what is there for a run, what is missing and for what, and the command that installs it.

    Packages in other versions than constraints.txt and pyproject.toml want are a warning, and change no exit code.

    Examples: `ringmaster doctor`, `ringmaster doctor --substrate embedded --json`.
    """
    from environments.errors import DeploymentRefused, UnknownSubstrate
    from support.doctor.diagnosis import diagnose

    try:
        diagnosis = diagnose(substrate)
    except (DeploymentRefused, UnknownSubstrate) as error:
        raise refused(error) from None
    if as_json:
        click.echo(json.dumps(diagnosis.as_dictionary(), indent=2))
    else:
        _print(diagnosis)
    raise Exit(0 if diagnosis.fit else 3)


def _print_versions(diagnosis: "Diagnosis") -> None:
    from environments.requirements import pip_command

    for other in diagnosis.versions:
        has = f"{other.installed} is installed" if other.installed else "not installed"
        say(f"  {styled('!', 'yellow')} {other.name}: {has}, {other.wanted_by} wants {other.wanted}")
    if packages := [f"'{other.name}{other.wanted}'" for other in diagnosis.versions if other.name != "Python"]:
        say(f"      -> {pip_command(packages)}")


def _print(diagnosis: "Diagnosis") -> None:
    say(f"{styled(f'Substrate {diagnosis.substrate}', 'bold')} on {diagnosis.system}")
    for check in diagnosis.checks:
        mark, style = MARKS[check.state]
        purpose = "" if check.state == "there" else f"; needed for: {check.purpose}"
        say(f"  {styled(mark, style)} {check.name}: {check.found}{purpose}")
        if check.what_to_do:
            say(f"      -> {check.what_to_do}")
    _print_versions(diagnosis)
    say(f"\nThis machine can run scenarios that need: {', '.join(diagnosis.has)}")
    for capability, reason in diagnosis.lacks.items():
        say(f"  left out: {capability}: {reason}")
    if diagnosis.fit:
        say("\nEverything the substrate needs is there.")
    else:
        say("\nSomething the substrate needs is missing.", "red")
