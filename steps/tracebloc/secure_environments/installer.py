"""The installer: our own contract's guard, and tracebloc's public scripts on machines in all conditions."""

from behave import given, step, then, when
from behave.runner import Context
from hamcrest import assert_that, calling, contains_exactly, contains_string, empty, equal_to, has_item, has_items, not_, raises
from pydantic import SecretStr

from environments.platforms.tracebloc.client_environment import ClientEnvironmentRefused
from environments.platforms.tracebloc.installation import InstallationFailed
from support.platforms.tracebloc.client_scripts.checkout import BOOTSTRAP, INSTALLER
from support.platforms.tracebloc.playbook.secure_environments import installer, registration
from support.platforms.tracebloc.playbook.secure_environments.installer import Installing
from support.redaction import ending
from support.step_arguments import Rows, takes_table

OWN_STAGES = ["preflight", "register", "helm", "connect"]
FOR_ITS_OWNER_ONLY = 0o600
# Source: tracebloc client 1.9.62, scripts/lib/install-client-helm.sh
PLATFORMS = {"dev": "https://dev-api.tracebloc.io", "prod": "https://api.tracebloc.io"}


def _installing(context: Context) -> Installing:
    installing: Installing = context.scene.kept(Installing)
    return installing


@when("the owner tries to install the client under the environment name {string}")
def tries_to_install(context: Context, name: str) -> None:
    """Keeps the attempt; the check says how it has to end."""
    scene = context.scene
    scene.keep(registration.attempt_to_install(scene, scene.environments[-1], name or None))


@then("it is refused before anything starts: {string}")
def refused_before_anything(context: Context, words: str) -> None:
    """The refusal is the environment's, and no service of the client ever ran."""
    scene = context.scene
    attempt = scene.kept(registration.Attempt)
    assert_that(calling(attempt.finish), raises(ClientEnvironmentRefused, words), "the attempt to install")
    ours = [service for service in scene.substrate.services() if scene.environments[-1].client_id in service]
    assert_that(ours, empty(), "services of the client")


@when("the owner tries to install the client with the password of somebody else")
def tries_another_password(context: Context) -> None:
    """Keeps the attempt; the check says how it has to end."""
    scene = context.scene
    password = SecretStr(scene.names.password())
    scene.keep(registration.attempt_to_install(scene, scene.environments[-1], scene.client_env, password))


@when("the owner tries to install the client")
def tries_own_password(context: Context) -> None:
    """With what it needs; keeps the attempt."""
    scene = context.scene
    scene.keep(registration.attempt_to_install(scene, scene.environments[-1], scene.client_env))


@then("the installation fails at the stage {string}: {string}")
def fails_at_stage(context: Context, stage: str, words: str) -> None:
    """The stages before it were done, those after it were not begun, and no service of the client is there."""
    scene = context.scene
    error = scene.kept(registration.Attempt).error
    assert_that(isinstance(error, InstallationFailed), equal_to(True), f"whether the installation failed at a stage: {error}")
    *before, last = error.stages
    assert_that((last.name, last.outcome), equal_to((stage, "failed")), "the last stage")
    assert_that(last.detail, contains_string(words), "why it failed")
    assert_that([each.name for each in before if each.outcome == "failed"], empty(), "failed stages before it")
    ours = [service for service in scene.substrate.services() if scene.environments[-1].client_id in service]
    assert_that(ours, empty(), "services of the client")


@then("the installation is done")
def installation_is_done(context: Context) -> None:
    """Every stage that this substrate has, in the installer's order."""
    client = context.scene.kept(registration.Attempt).finish()
    done = [stage.name for stage in client.stages if stage.outcome == "done"]
    assert_that([name for name in done if name in OWN_STAGES], equal_to(OWN_STAGES), "the stages that were done")
    assert_that([stage.name for stage in client.stages if stage.outcome == "failed"], empty(), "the stages that failed")


@step("the secure environment is still Pending")
def still_pending(context: Context) -> None:
    """The platform never heard from it."""
    assert_that(registration.status(context.scene.environments[-1]), equal_to("Pending"), "the environment's status")


@given("a machine where {machine}")
def machine_where(context: Context, case: str) -> None:
    """A machine with stand-in tools and without a network, in one of the conditions that the installer knows."""
    installer.prepare(context.scene, case)


@when("the owner runs the public installer on it")
def runs_installer(context: Context) -> None:
    """Runs tracebloc's own script, unmodified."""
    installer.run(context.scene, INSTALLER)


@when("the owner runs the public one-line bootstrap on it")
def runs_bootstrap(context: Context) -> None:
    """Runs what the one line fetches and runs."""
    installer.run(context.scene, BOOTSTRAP)


@then("it ends with exit code {int} and reports the event {string}, phase {string}, error {string}, client {string}")
def ends_and_tells(context: Context, exit_code: int, name: str, phase: str, error: str, client_state: str) -> None:
    """The exit code and the one event of the run."""
    ended = _installing(context).ended
    assert_that(ended.exit_code, equal_to(exit_code), f"the exit code; the script printed last:\n{ending(ended.output, 800)}")
    told = [(event.name, event.phase, event.error or "", event.client_state or "", event.exit_code) for event in ended.events]
    assert_that(told, equal_to([(name, phase, error, client_state, exit_code)]), "what the run reports")


@then("it ends with exit code {int}")
def ends(context: Context, exit_code: int) -> None:
    """The exit code alone."""
    ended = _installing(context).ended
    assert_that(ended.exit_code, equal_to(exit_code), f"the exit code; the script printed last:\n{ending(ended.output, 800)}")


@then("it reports nothing")
def reports_nothing(context: Context) -> None:
    """No event is sent."""
    assert_that(_installing(context).ended.events, empty(), "what the run reports")


@then("what it reports names the environment {string}")
def tells_environment(context: Context, environment: str) -> None:
    """An event names the platform it was about; under a name that nobody knows there is no event at all."""
    told = {event.environment for event in _installing(context).ended.events}
    assert_that(told, equal_to({environment} - {""}), "environments that the run reports")


@then("it says {string}")
def says(context: Context, words: str) -> None:
    """What the person in front of it reads."""
    assert_that(_installing(context).ended.output, contains_string(words), "what the script printed")


@then("no program was given the password as an argument")
def password_not_shown(context: Context) -> None:
    """Arguments can be seen by everybody on the machine."""
    installing = _installing(context)
    shown = [call[0] for call in installing.ended.calls if any(installing.password in argument for argument in call)]
    assert_that(shown, empty(), "programs that were given the password as an argument")


@then("no program was called")
def nothing_called(context: Context) -> None:
    """The machine is as it was."""
    assert_that(_installing(context).ended.calls, empty(), "calls")


@then("no cluster was made")
def no_cluster(context: Context) -> None:
    """k3d was not asked for one."""
    assert_that(_installing(context).calls_to_make_a_cluster(), empty(), "clusters asked for")


@then("nothing was fetched")
def nothing_fetched(context: Context) -> None:
    """curl had nothing to do."""
    assert_that(_installing(context).ended.calls_of("curl"), empty(), "what was fetched")


@then("it goes through these stages:")
@takes_table({"stage": "string"})
def goes_through(context: Context, rows: Rows) -> None:
    """The headings of the stages, in order."""
    assert_that(_installing(context).stages(), contains_exactly(*[row["stage"] for row in rows]), "the stages that it prints")


@then('the credentials are checked with the platform "{client_environment}" before anything is installed')
def credentials_checked(context: Context, environment: str) -> None:
    """The platform that the password goes to, and when."""
    installing = _installing(context)
    checks = installing.credential_checks()
    assert_that([call[-1] for call in checks], equal_to([f"{PLATFORMS[environment]}/api-token-auth/"]), "where the credentials go")
    tools = [call[:2] for call in installing.ended.calls]
    assert_that(tools.index(["helm", "upgrade"]) > installing.ended.calls.index(["curl", *checks[0]]), "the check comes first")


@then("no credentials are checked")
def credentials_not_checked(context: Context) -> None:
    """The owner's values hold them, and the script never looks."""
    assert_that(_installing(context).credential_checks(), empty(), "checks of credentials")


@then('the chart gets values for "{client_environment}" that only the owner can read')
def values_written(context: Context, environment: str) -> None:
    """The values file holds the password: it is private, and names the environment."""
    values = _installing(context).host.home / ".tracebloc" / "values.yaml"
    assert_that(oct(values.stat().st_mode & 0o777), equal_to(oct(FOR_ITS_OWNER_ONLY)), "who can read the values")
    assert_that(values.read_text(encoding="utf-8"), contains_string(f'CLIENT_ENV: "{environment}"'), "the values")


@then("the owner's own chart is installed with the owner's own values")
def own_chart(context: Context) -> None:
    """helm gets the folder and the file that the owner named."""
    installing = _installing(context)
    (call,) = installing.installations()
    assert_that(call, has_items(installing.own_chart, installing.own_values), "what helm is given")
    assert_that([call[0] for call in installing.ended.calls_of("helm")], not_(has_item("repo")), "what else helm is asked")


@then("the published chart is installed in no certain version with the owner's own values")
def published_chart(context: Context) -> None:
    """helm gets the newest chart of the public repository."""
    installing = _installing(context)
    (call,) = installing.installations()
    assert_that(call, has_items("tracebloc/client", installing.own_values), "what helm is given")
    assert_that(call, not_(has_item("--version")), "what helm is given")
    added = ["repo", "add", "tracebloc", "https://tracebloc.github.io/client"]
    assert_that(installing.ended.calls_of("helm"), has_item(added), "the repository that is added")
