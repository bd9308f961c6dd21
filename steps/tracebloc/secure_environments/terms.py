"""What an owner says of a secure environment, and which cluster it is on."""

from collections.abc import Callable, Mapping
from typing import Any

from behave import given, then, when
from behave.runner import Context
from hamcrest import assert_that, empty, equal_to

from support.names import PREFIX
from support.platforms.tracebloc.playbook.secure_environments import registration, stub_participants
from support.platforms.tracebloc.playbook.use_cases import naming, people, refusals
from support.platforms.tracebloc.scene import Scene
from support.step_arguments import Rows, takes_table

FIELDS = {"name": "name", "location": "location", "namespace": "namespace", "cluster": "cluster_id"}


@when("the owner changes of {secure_environment}:")
@takes_table({"what": "string", "words": "string"})
def owner_changes(context: Context, name: str, rows: Rows) -> None:
    """All of it at once; what is not named stays. Name and cluster are ones that no other scenario has."""
    scene = context.scene
    environment = naming.secure_environment(scene, name)
    with scene.story.part(f"the owner changes {name}"):
        environment.owner.backend.change_secure_environment(
            environment.identity, **_fields(scene, {row["what"]: row["words"] for row in rows})
        )


@then("the owner reads of {secure_environment}:")
@takes_table({"what": "string", "words": "string"})
def owner_reads(context: Context, name: str, rows: Rows) -> None:
    """Opened by itself and found in the list."""
    scene = context.scene
    environment = naming.secure_environment(scene, name)
    backend = environment.owner.backend
    listed = next(each for each in backend.page_of_environments(1)["results"] if each["client_id"] == environment.client_id)
    expected = _fields(scene, {row["what"]: row["words"] for row in rows})
    for where, shown in (("opened", backend.secure_environment(environment.identity)), ("listed", listed)):
        assert_that({field: shown[field] for field in expected}, equal_to(expected), f"{name}, as it is {where}")


@then("these changes of {secure_environment} are refused:")
@takes_table({"who": "string", "what": "string", "words": "string", "reason": "string"})
def changes_refused(context: Context, name: str, rows: Rows) -> None:
    """Each alone; it stays as it was."""
    scene = context.scene
    environment = naming.secure_environment(scene, name)
    before = environment.owner.backend.secure_environment(environment.identity)
    for row in rows:
        backend, said = scene.person(row["who"]).backend, _fields(scene, {row["what"]: row["words"]})
        what = f"{row['what']} {row['words']}"
        act = {what: lambda backend=backend, said=said: backend.change_secure_environment(environment.identity, **said)}
        refusals.assert_outcomes(scene, row["who"], act, {what: row["reason"]})
    assert_that(environment.owner.backend.secure_environment(environment.identity), equal_to(before), name)


@then("these logins do not open these acts:")
@takes_table({"login": "string", "act": "string", "words": "string"})
def do_not_open(context: Context, rows: Rows) -> None:
    """Each act is tried with the login of the row: with none, somebody's, or that of the secure environment registered last."""
    scene = context.scene
    session = scene.environments[-1].stub_participant
    own = session.token
    acts: dict[str, Callable[[], object]] = {
        "asking who is logged in": session.user_info,
        "sending a heartbeat": lambda: session.heartbeat(stub_participants.HEARTBEAT_SECONDS),
        "telling of a failure": lambda: session.tell_failure(scene.names.unique("ingestion"), "ingestion_failed"),
        "listing the use cases": session.use_cases,
        "listing the datasets": session.datasets,
        "making a use case": lambda: session.create_use_case(scene.names.unique("use case"), "tabular_classification"),
    }
    for row in rows:
        whose, _, cut = row["login"].removeprefix("of ").partition(", ")
        tokens = {"none": "", "the secure environment": own}
        token = tokens[whose] if whose in tokens else scene.person(whose).backend.token
        session.use_token(token[:-1] if cut else token)
        refusals.assert_outcomes(scene, f"a login {row['login']}", {row["act"]: acts[row["act"]]}, {row["act"]: row["words"]})
    session.use_token(own)


@given("the owner has registered a secure environment")
@given("the owner has registered another secure environment")
def has_registered(context: Context) -> None:
    """No client runs in it yet."""
    registration.register(context.scene, people.the_owner(context.scene))


@then("{string} cannot register a secure environment on the cluster {string}: {string}")
def cannot_register(context: Context, role: str, cluster: str, words: str) -> None:
    """One of the clusters that the owner has named."""
    scene = context.scene
    backend, name = scene.person(role).backend, scene.names.unique("secure environment")
    told = refusals.outcome(lambda: backend.register_secure_environment(name, **_fields(scene, {"cluster": cluster})))
    assert_that(told, equal_to(words), "what the platform says")
    assert_that(backend.page_of_environments(1)["results"], empty(), f"the secure environments of {role}")


def _fields(scene: Scene, said: Mapping[str, str]) -> dict[str, Any]:
    # so that what a run leaves behind is known by its name, and no two scenarios are on one cluster
    own = f"{PREFIX}{scene.names.unique_part}-"
    return {FIELDS[what]: own + words if what in ("name", "cluster") else words for what, words in said.items()}
