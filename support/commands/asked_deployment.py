"""A deployment that a command will run scenarios on later: asked first, so that nothing runs anywhere else in vain."""

import secrets
import tempfile
from pathlib import Path

from click.exceptions import Exit

from environments.choose import platform_class
from environments.errors import DeploymentRefused, SubstrateError
from support.commands.common import refused, settings_or_exit
from support.results.exit_codes import ExitCode
from support.settings_file import SettingsError
from support.terminal import complain


def ask_deployment(name: str | None) -> str:
    """The platform of a deployment where scenarios may run, and that lets us in; otherwise say why not, and end the command."""
    from environments.remote.guard import read_allowed
    from environments.remote.substrate import RemoteSubstrate

    settings = settings_or_exit()
    wanted = name or settings.deployment
    try:
        found = read_allowed(wanted, settings.allowed_deployments, settings.allowed_contexts)
        settings.require([found.platform])
        platform = platform_class(found.platform)(settings.platform_values(found.platform))
        with tempfile.TemporaryDirectory(prefix="e2e-test-asked-") as folder, found.in_force():
            RemoteSubstrate(
                platform,
                run_id=f"e2e-test-{secrets.token_hex(4)}",
                logs_folder=Path(folder),
                deadline_factor=settings.deadline_factor,
                deployment=wanted,
                allowed_deployments=settings.allowed_deployments,
                allowed_contexts=settings.allowed_contexts,
            ).ask()
    except (DeploymentRefused, SettingsError) as error:
        raise refused(error) from None
    except SubstrateError as error:
        complain(str(error))
        raise Exit(ExitCode.PLATFORM_FAILED) from None
    return found.platform
