"""What stands in the logs of the platform's services, of a secure environment's and of training jobs."""

from behave import then
from behave.runner import Context
from hamcrest import all_of, assert_that, empty, has_key

from support.platforms.tracebloc.playbook.security import told_secrets


@then("no service has written a password, a key or a token into its log")
def services_tell_nothing(context: Context) -> None:
    """Those of the platform and of the scenario's secure environments, as whoever is sent their logs would see."""
    scene = context.scene
    told = told_secrets.lines_of_services(scene)
    own = [has_key(f"{service}-{scene.environments[-1].client_id}") for service in ("jobs_manager", "requests_proxy")]
    assert_that(told, all_of(*own), "the services whose logs can be read")
    assert_that({service: lines for service, lines in told.items() if lines}, empty(), "lines with a secret")


@then("no training job has written a password, a key or a token into its log")
def jobs_tell_nothing(context: Context) -> None:
    """All attempts of all jobs of the scenario's experiments."""
    assert_that(told_secrets.lines_of_jobs(context.scene), empty(), "lines with a secret")
