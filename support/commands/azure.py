"""The commands `ringmaster azure run` and `ringmaster azure sweep`: a Service Bus namespace of Azure for as long as a command takes."""

import os
import secrets
import subprocess
from collections.abc import Mapping
from typing import NoReturn

import click
from click.exceptions import Exit

from environments.choose import platform_class
from environments.errors import AzureFailed, AzureRefused, UnknownPlatform
from environments.settings.values import length_of
from support.commands.common import refused, settings_or_exit
from support.commands.help import Group
from support.results.exit_codes import ExitCode
from support.settings_file import SettingsError
from support.terminal import complain, say

VARIABLE = "SERVICE_BUS_CONTRACT"


@click.group("azure", cls=Group)
def azure() -> None:
    """A Service Bus namespace of Azure for as long as a command takes; the variables AZURE_... say whose and where.

    AZURE_SUBSCRIPTION_ID, AZURE_RESOURCE_GROUP and AZURE_LOCATION; AZURE_TENANT_ID and AZURE_CLIENT_ID with AZURE_CLIENT_SECRET (a
    service principal) or AZURE_FEDERATED_TOKEN_FILE (a workload identity).
    """


@azure.command(context_settings={"ignore_unknown_options": True})
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
@click.option("--platform", metavar="NAME", help="whose queues are made in it; those of default_platform when left out")
@click.option("--variable", default=VARIABLE, metavar="NAME", help="the variable in which the command gets the connection string")
@click.option(
    "--daily-budget",
    type=click.FloatRange(min=0),
    default=1.0,
    metavar="DOLLARS",
    help="what all of our namespaces together may cost a day",
)
def run(command: tuple[str, ...], platform: str | None, variable: str, daily_budget: float) -> None:
    """Make a namespace, run a command with it, and delete it again.

    Example: `ringmaster azure run -- python -m pytest tests/service_bus/contract`.
    """
    from environments.azure.account import AzureAccount
    from environments.azure.namespaces import name_for, namespace_of_run

    run_id = f"azure-{secrets.token_hex(4)}"
    try:
        queues = platform_class(settings_or_exit().chosen_platform(platform)).queues
        with namespace_of_run(run_id, AzureAccount.from_variables(), queues, daily_budget) as connection_string:
            say(f"The namespace {name_for(run_id)} is there; it is deleted when the command ends")
            code = _exit_code_of(command, {**os.environ, variable: connection_string})
    except (SettingsError, UnknownPlatform) as error:
        raise refused(error) from None
    except AzureRefused as error:
        _end(error)
    raise Exit(code)


@azure.command()
@click.option("--older-than", default="24h", metavar="AGE", help="such as 24h or 2d")
def sweep(older_than: str) -> None:
    """Delete namespaces of ours that were left standing; nothing without our prefix and our tag is touched."""
    from environments.azure.account import AzureAccount
    from environments.azure.namespaces import AzureNamespaces

    try:
        age = length_of(older_than)
        if age is None:
            raise ValueError("'never' sweeps nothing")
        swept = AzureNamespaces(AzureAccount.from_variables()).sweep(age)
    except ValueError as error:
        raise refused(f"option --older-than: {error}") from None
    except AzureRefused as error:
        _end(error)
    for name in swept:
        say(f"deleted {name}")
    say(f"{len(swept)} namespaces deleted")


def _exit_code_of(command: tuple[str, ...], variables: Mapping[str, str]) -> int:
    try:
        return subprocess.run(command, env=variables, check=False).returncode
    except OSError as error:
        raise refused(f"the program '{command[0]}' cannot be run: {error.strerror}") from None


def _end(error: AzureRefused) -> NoReturn:
    """Say what is wrong, and end the command: as for a platform that does not let us in where Azure was asked."""
    complain(str(error))
    raise Exit(ExitCode.PLATFORM_FAILED if isinstance(error, AzureFailed) else ExitCode.WRONG_INPUT)
