"""The commands `ringmaster azure run` and `ringmaster azure sweep`: a Service Bus namespace of Azure for as long as a command takes."""

import os
import secrets
import subprocess

import click
from click.exceptions import Exit

from environments.choose import platform_class, platform_names
from environments.errors import AzureRefused
from environments.settings.values import length_of
from support.commands.common import refused
from support.commands.help import Group
from support.terminal import say

VARIABLE = "SERVICE_BUS_CONTRACT"


@click.group("azure", cls=Group)
def azure() -> None:
    """A Service Bus namespace of Azure for as long as a command takes; the variables AZURE_... say whose and where.

    AZURE_SUBSCRIPTION_ID, AZURE_RESOURCE_GROUP and AZURE_LOCATION; AZURE_TENANT_ID and AZURE_CLIENT_ID with AZURE_CLIENT_SECRET (a
    service principal) or AZURE_FEDERATED_TOKEN_FILE (a workload identity).
    """


@azure.command(context_settings={"ignore_unknown_options": True})
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
@click.option("--platform", metavar="NAME", help="whose queues are made in it; those of the first platform when left out")
@click.option("--variable", default=VARIABLE, metavar="NAME", help="the variable in which the command gets the connection string")
@click.option("--daily-budget", type=float, default=1.0, metavar="DOLLARS", help="what all of our namespaces together may cost a day")
def run(command: tuple[str, ...], platform: str | None, variable: str, daily_budget: float) -> None:
    """Make a namespace, run a command with it, and delete it again.

    Example: `ringmaster azure run -- python -m pytest tests/service_bus/contract`.
    """
    from environments.azure.account import AzureAccount
    from environments.azure.namespaces import name_for, namespace_of_run

    run_id = f"azure-{secrets.token_hex(4)}"
    try:
        queues = platform_class(platform or platform_names()[0]).queues
        with namespace_of_run(run_id, AzureAccount.from_variables(), queues, daily_budget) as connection_string:
            say(f"The namespace {name_for(run_id)} is there; it is deleted when the command ends")
            ended = subprocess.run(command, env={**os.environ, variable: connection_string}, check=False)
    except AzureRefused as error:
        raise refused(error) from None
    except FileNotFoundError:
        raise refused(f"there is no program '{command[0]}'") from None
    raise Exit(ended.returncode)


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
        raise refused(error) from None
    for name in swept:
        say(f"deleted {name}")
    say(f"{len(swept)} namespaces deleted")
