"""Privacy: what of a use case, and of a team's work in it, others can see and use."""

from behave import given, step, then
from behave.runner import Context

from support.platforms.tracebloc.playbook import experiments, people, privacy, refusals, use_cases
from support.step_arguments import Rows, takes_table


@given("{string}, of the domain {string}, has joined the use case")
def joined_from_a_domain(context: Context, role: str, domain: str) -> None:
    """Somebody of that domain was invited, accepted the rules and joined."""
    scene = context.scene
    person = people.sign_up(scene, role, domain)
    scene.use_case.owner.backend.invite(scene.use_case.key, [person.email])
    use_cases.join(scene, scene.use_case, person)


@given("{string}, of the domain {string}, is invited")
def is_invited(context: Context, role: str, domain: str) -> None:
    """Somebody with an account is invited by e-mail, and has not joined."""
    scene = context.scene
    person = people.sign_up(scene, role, domain)
    scene.use_case.owner.backend.invite(scene.use_case.key, [person.email])


@given("{string}, of the domain {string}, is not invited")
def is_not_invited(context: Context, role: str, domain: str) -> None:
    """Somebody has an account and nothing to do with the use case."""
    people.sign_up(context.scene, role, domain)


@step('{string} keeps the "{model}" and its trained weights on the platform')
def keeps_model(context: Context, role: str, model: str) -> None:
    """Uploads the model in the Run tab, where only its owner can fetch it, with the averaged weights of the experiment's first cycle."""
    scene = context.scene
    trained = scene.object_store.read(experiments.weights_key(experiments.training_of(scene, role), 1))
    scene.person(role).backend.keep_model(experiments.model_file(model), trained)


@step('{string} keeps the "{model}" on the platform')
def keeps_model_alone(context: Context, role: str, model: str) -> None:
    """Uploads the model in the Run tab, without weights."""
    context.scene.person(role).backend.keep_model(experiments.model_file(model))


@then("to {string} all of this is open:")
@takes_table({"way": "way_in"})
def is_open(context: Context, role: str, rows: Rows) -> None:
    """The same ways that are refused to others."""
    scene = context.scene
    acts = privacy.ways_in(scene, scene.use_case, scene.trainings[-1], scene.person(role))
    expected = {row["way"]: refusals.LET_THROUGH for row in rows}
    refusals.assert_outcomes(scene, role, acts, expected)


@then("to {string} all of this is refused:")
@takes_table({"way": "way_in", "words": "string"})
def is_refused(context: Context, role: str, rows: Rows) -> None:
    """Every way is tried; each is refused in these words, or shows nothing."""
    scene = context.scene
    person = scene.person(role)
    person.sdk.log_in(person.email, person.password.get_secret_value())
    acts = privacy.ways_in(scene, scene.use_case, scene.trainings[-1], person)
    expected = {row["way"]: row["words"] for row in rows}
    refusals.assert_outcomes(scene, role, acts, expected)
