"""Who may ingest what, how often, and who sees what was reported of it."""

from typing import Any

from behave import given, then, when
from behave.runner import Context
from hamcrest import assert_that, calling, contains_string, empty, equal_to, has_length, raises
from pydantic import SecretStr

from support.platforms.tracebloc.clients.backend import Refused
from support.platforms.tracebloc.clients.jobs_manager import JobsManagerClient
from support.platforms.tracebloc.playbook.ingestion import runs
from support.platforms.tracebloc.playbook.security import egress
from support.platforms.tracebloc.playbook.use_cases import people, refusals
from support.platforms.tracebloc.sample_data.sources import tables
from support.step_arguments import Rows, takes_table

SEED = 1
OUTSIDE = "/etc/hostname"


@given("somebody else has an account")
def somebody_else(context: Context) -> None:
    """A person who has nothing to do with the owner."""
    people.sign_up(context.scene, "somebody else")


@when("the owner asks twice for the same ingestion of {int} rows")
def asks_twice(context: Context, rows: int) -> None:
    """Under the same key, as whoever got no answer does."""
    scene = context.scene
    environment, table, key = scene.environments[-1], scene.names.table("table"), scene.names.unique("ingestion")
    source = runs.stage(environment, table, lambda folder: tables.classification(folder, SEED, rows))
    scene.ingestions += [runs.begin(environment, table, "train", source, key) for _ in range(2)]


@then("both answers name the same job, and it is the only one")
def the_same_job(context: Context) -> None:
    """One pod is all that was started."""
    jobs = [ingestion.job for ingestion in context.scene.ingestions]
    assert_that(jobs, has_length(2), "answers")
    assert_that([pod.name for pod in runs.pods(context.scene.environments[-1])], equal_to(jobs[:1]), "ingestion pods")
    assert_that(jobs[0], equal_to(jobs[1]), "the job of the second answer")


@when("somebody without the environment's token asks for an ingestion of {int} rows")
def asks_without_the_token(context: Context, rows: int) -> None:
    """With a token of their own making."""
    scene = context.scene
    environment, table = scene.environments[-1], scene.names.table("table")
    source = runs.stage(environment, table, lambda folder: tables.classification(folder, SEED, rows))
    config = runs.ingest_config(environment, table, "train", source)
    context.refusal = runs.refusal_of(environment, config, key=table, token=SecretStr(scene.names.password()))


@when("the owner asks for an ingestion of a file outside the shared volume")
def asks_for_a_file_outside(context: Context) -> None:
    """A file of the machine that any pod can read."""
    _ask_for(context, OUTSIDE)


@when("the owner asks for an ingestion of a path that leads out of the shared volume")
def asks_for_a_way_out(context: Context) -> None:
    """A path that begins on the volume and goes up from there."""
    _ask_for(context, f"{context.scene.environments[-1].client.shared_mount}/../..{OUTSIDE}")


@when("the owner asks for an ingestion of a link that leads out of the shared volume")
def asks_for_a_link(context: Context) -> None:
    """A link on the volume to a file of the machine."""
    client = context.scene.environments[-1].client
    (client.shared_folder / "link").symlink_to(OUTSIDE)
    _ask_for(context, f"{client.shared_mount}/link")


@then("these requests for an ingestion are refused:")
@takes_table({"request": "string", "words": "string"})
def requests_are_refused(context: Context, rows: Rows) -> None:
    """Each differs from a good one by what the row says; all are tried, with the environment's own token."""
    scene = context.scene
    environment, table = scene.environments[-1], scene.names.table("table")
    source = runs.stage(environment, table, lambda folder: tables.classification(folder, SEED))
    config = runs.ingest_config(environment, table, "train", source)
    good = {"ingest_config": config, "idempotency_key": table}
    changed: dict[str, dict[str, Any]] = {
        "no key": {"ingest_config": config},
        "a key of 64 letters": good | {"idempotency_key": "k" * 64},
        "an empty key": good | {"idempotency_key": ""},
        "a key with a blank": good | {"idempotency_key": "a key"},
        "a key that ends with a dot": good | {"idempotency_key": "key."},
        "no configuration": {"idempotency_key": table},
        "a text for a configuration": good | {"ingest_config": "rows.csv"},
        "another kind of configuration": good | {"ingest_config": config | {"kind": "Other"}},
        "an image that is no digest": good | {"image_digest": "latest"},
    }
    client = environment.client
    jobs_manager = scene.closing(JobsManagerClient(client.jobs_manager_url, client.ingestion_token))
    acts = {what: lambda body=body: jobs_manager.ask(body) for what, body in changed.items()}
    refusals.assert_outcomes(scene, "the owner", acts, {row["request"]: row["words"] for row in rows})


@then("it is refused, since {string}")
def is_refused(context: Context, reason: str) -> None:
    """The secure environment says why."""
    assert_that(context.refusal, contains_string(reason), "the refusal")


@then("no ingestion was started")
def nothing_was_started(context: Context) -> None:
    """There is no pod for it, not even one that failed."""
    assert_that(runs.pods(context.scene.environments[-1]), empty(), "ingestion pods")


@then("only the platform of that environment was talked to")
def only_that_platform(context: Context) -> None:
    """As the way out of the secure environment tells it, which knows the other platforms' names too."""
    scene = context.scene
    log = scene.substrate.logs(f"egress_proxy-{scene.environments[-1].client_id}")
    talked_to = {line.rpartition("let through: ")[2] for line in log.splitlines() if "let through: " in line}
    assert_that(talked_to, equal_to({f"{scene.client_env}-api.tracebloc.io"}), "who was talked to")


@then("the way out of the secure environment lets these through, and nobody else:")
@takes_table({"asked as": "word", "to": "string", "port": "int", "let through": "word"})
def way_out(context: Context, rows: Rows) -> None:
    """Each is asked for alone, as a program of the environment would; what is refused is told so."""
    address = context.scene.environments[-1].client.egress_address
    told = [{**row, "let through": "yes" if egress.is_let_through(address, row) else "no"} for row in rows]
    assert_that(told, equal_to(rows), "who is let through")


@then("somebody else sees no dataset and cannot look into the owner's")
def nobody_else_sees_it(context: Context) -> None:
    """Not in the list, and not by its key either."""
    (dataset,) = context.scene.person("the owner").backend.datasets()
    stranger = context.scene.person("somebody else").backend
    assert_that(stranger.datasets(), empty(), "datasets that somebody else sees")
    assert_that(calling(stranger.dataset).with_args(dataset["dataset_key"]), raises(Refused), "looking into the owner's dataset")


def _ask_for(context: Context, csv: str) -> None:
    scene = context.scene
    environment, table = scene.environments[-1], scene.names.table("table")
    source = runs.stage(environment, table, lambda folder: tables.classification(folder, SEED))
    config = runs.ingest_config(environment, table, "train", source) | {"csv": csv}
    context.refusal = runs.refusal_of(environment, config, key=table)
