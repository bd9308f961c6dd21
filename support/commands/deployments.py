"""The commands `ringmaster up`, `down` and `status`: a platform that is kept for people and other tools."""

from typing import TYPE_CHECKING

import click
from click.exceptions import Exit

from environments.choose import NO_SUBSTRATE, REMOTE_SUBSTRATE, create_substrate, platform_class
from environments.errors import DeploymentRefused, SubstrateError, UnknownPlatform, UnknownSubstrate
from support.commands.common import refused, settings_or_exit
from support.commands.help import option
from support.commands.platform_options import PlatformCommand
from support.results.exit_codes import ExitCode
from support.settings_file import SettingsError
from support.terminal import complain, say

if TYPE_CHECKING:
    from environments.platform import Platform
    from environments.remote.deployments import ExistingDeployment
    from support.settings import Settings

DEFAULT_NAME = "local"
WHAT = "What to start, and where"


@click.command(cls=PlatformCommand)
@click.argument("platform", required=False)
@option("--name", default=DEFAULT_NAME, metavar="NAME", section=WHAT, help="what to call it; several can be up at once", show_default=True)
@option("--substrate", metavar="NAME", section=WHAT, help="where it runs; embedded unless set otherwise")
@option("--sabotage", metavar="NAME", section=WHAT, help="switch on one named defect, to see what scenarios or tools make of it")
def up(platform: str | None, name: str, substrate: str | None, sabotage: str | None, **platform_options: object) -> None:
    """Start a platform and keep it until `ringmaster down`, for people and other tools.

    Without a PLATFORM, the one that the setting default_platform names. Prints where it is reached, where its secrets are, and how
    scenarios run on it.

    \b
    Examples:
    ringmaster up
    ringmaster up shop --name second
    ringmaster run --substrate remote --deployment local
    """
    settings = settings_or_exit(substrate=substrate, sabotage=sabotage, **platform_options)
    from environments.remote import keeper
    from environments.remote.deployments import file_of

    try:
        described = _described(platform, settings)
        keeper.refuse_name(name)
        run_id = keeper.new_run_id(name)
        factor = settings.deadline_factor
        place = create_substrate(settings.substrate, described, run_id=run_id, logs_folder=keeper.logs_of(name), deadline_factor=factor)
    except (DeploymentRefused, SettingsError, UnknownPlatform, UnknownSubstrate) as error:
        raise refused(error) from None
    try:
        addresses = keeper.keep_in_background(name, run_id, described, place, say)
    except SubstrateError as error:
        complain(f"{described.name} could not be started: {error}")
        raise Exit(ExitCode.PLATFORM_FAILED) from None
    say(f"{described.name} is up as '{name}' on {settings.substrate}", "bold")
    for what, address in addresses.items():
        say(f"  {what}: {address}")
    say(f"  logs: {keeper.logs_of(name)}")
    say(f"  its secrets, for your eyes only: {file_of(name)}")
    say(f"Run scenarios on it: ringmaster run --substrate remote --deployment {name}")
    say(f"End it: ringmaster down {name}")


def _described(platform: str | None, settings: "Settings") -> "Platform":
    """The platform to start, with its settings; raises SettingsError, UnknownPlatform and UnknownSubstrate."""
    chosen = settings.chosen_platform(platform)
    if settings.substrate in (NO_SUBSTRATE, REMOTE_SUBSTRATE):
        raise UnknownSubstrate(f"nothing can be started on the substrate {settings.substrate}: choose another one")
    made = platform_class(chosen)
    settings.require([chosen])
    return made(settings.platform_values(chosen), sabotage=settings.sabotage, deadline_factor=settings.deadline_factor)


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--all", "everything", is_flag=True, help="all that `ringmaster up` started")
def down(names: tuple[str, ...], everything: bool) -> None:
    """Stop platforms that `ringmaster up` started, and remove all that they left."""
    from environments.remote import keeper
    from environments.remote.deployments import known_deployments, read_deployment

    worst = ExitCode.PASSED
    wanted = known_deployments() if everything else list(names) or [DEFAULT_NAME]
    ended = 0
    for name in wanted:
        try:
            if everything and read_deployment(name).kept_by is None:
                continue
            say(keeper.end(name))
            ended += 1
        except DeploymentRefused as error:
            complain(str(error))
            worst = ExitCode.WRONG_INPUT
        except SubstrateError as error:
            complain(str(error))
            worst = ExitCode.PLATFORM_FAILED
    if not ended and worst is ExitCode.PASSED:
        say("nothing is up")
    raise Exit(worst)


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
def status(names: tuple[str, ...]) -> None:
    """List the known deployments, and say whether each answers; exit code 1 if one does not, 2 if one may not be asked."""
    from environments.remote.deployments import known_deployments
    from environments.remote.guard import read_allowed

    settings = settings_or_exit()
    worst = ExitCode.PASSED
    for name in names or known_deployments():
        try:
            found = read_allowed(name, settings.allowed_deployments, settings.allowed_contexts)
        except DeploymentRefused as error:
            complain(str(error))
            worst = ExitCode.WRONG_INPUT
            continue
        problems = _problems(found)
        worst = max(worst, ExitCode.FAILED if problems else ExitCode.PASSED)
        where = f" on {found.substrate}" if found.substrate else ""
        say(f"{name}: {found.platform}{where}, {'up' if not problems else 'not up'}", "bold")
        for (service, port), address in found.addresses.items():
            say(f"  {service}:{port} {address.host}:{address.port}{problems.get((service, port), '')}")
    if not names and not known_deployments():
        say("no deployment is known: `ringmaster up` starts one")
    raise Exit(worst)


def _problems(deployment: "ExistingDeployment") -> dict[tuple[str, str], str]:
    from environments.remote.answers import silent_addresses

    return {place: f": {why}" for place, why in silent_addresses(deployment).items()}
