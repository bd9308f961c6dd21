"""Collaborators of a use case: invited, expired, joined, gone."""

from behave import then, when
from behave.runner import Context
from hamcrest import assert_that, close_to, contains_exactly, contains_string, empty, equal_to, has_entries, has_length

from support.platforms.tracebloc.playbook.training import experiments
from support.platforms.tracebloc.playbook.use_cases import naming, people, publishing, refusals
from support.waiting import eventually


@when("{string} joins {use_case}")
def joins(context: Context, role: str, name: str) -> None:
    """Accepts the rules, and is given a team."""
    scene = context.scene
    publishing.join(scene, naming.use_case(scene, name), scene.person(role))


@then("{string} finds an invitation in the mail that says {string}")
def finds_invitation(context: Context, role: str, words: str) -> None:
    """An e-mail that names the use case by its key."""
    scene = context.scene
    person = scene.person(role)
    eventually(
        f"the invitation of {role}",
        lambda: [mail for mail in people.letters_to(scene, person) if scene.use_case.key in mail],
        contains_exactly(contains_string(words)),
    )


@when("{string} leaves {use_case}")
def leaves(context: Context, role: str, name: str) -> None:
    """Is part of it no more."""
    scene = context.scene
    with scene.story.part(f"{role} leaves the use case"):
        scene.person(role).backend.leave(naming.use_case(scene, name).key)


@then("{string} can neither see nor join the use case: {string}")
def not_there(context: Context, role: str, words: str) -> None:
    """It is neither listed nor opened, and joining is refused in these words."""
    scene = context.scene
    person, key = scene.person(role), scene.use_case.key
    assert_that([found["key"] for found in person.backend.use_cases() if found["key"] == key], empty(), "the use cases that are listed")
    assert_that(refusals.outcome(lambda: person.backend.use_case(key)), equal_to("There is no such use case."), "opening it")
    assert_that(refusals.outcome(lambda: person.backend.join(key)), contains_string(words), "joining it")


@when("{string} is invited to the team of {string} by an address in capital letters")
def invited_in_capitals(context: Context, role: str, member: str) -> None:
    """As somebody types it who was told it over the telephone; they have not joined."""
    scene = context.scene
    scene.person(member).backend.invite_teammate(scene.use_case.key, people.somebody(scene, role).email.upper())


@then("{string} cannot invite {string} into a team: {string}")
def cannot_invite(context: Context, role: str, invited: str, words: str) -> None:
    """Nobody is taken out of one team by another, and who is in none invites nobody."""
    scene = context.scene
    backend, email = scene.person(role).backend, scene.person(invited).email
    told = refusals.outcome(lambda: backend.invite_teammate(scene.use_case.key, email))
    assert_that(told, equal_to(words), "what the platform says")


@then("{string} is the only member of their team")
def only_member(context: Context, role: str) -> None:
    """Nobody else is in it."""
    person = context.scene.person(role)
    assert_that(person.backend.team(context.scene.use_case.key)["members"], equal_to([person.email]), "the team's members")


@then("{experiment} goes on, and {string} sees it")
def goes_on_for(context: Context, name: str, teammate: str) -> None:
    """It is in progress, and the teammate sees it."""
    scene = context.scene
    training = naming.experiment(scene, name)
    backend = scene.person(teammate).backend
    listed = [row["experiment_key"] for row in backend.experiments(scene.use_case.key)]
    assert_that(listed, equal_to([training.experiment_key]), "the team's experiments")
    assert_that(backend.experiment(training.experiment_key)["status_display"] in experiments.ENDED, equal_to(False), "whether it has ended")


@then("the stub participant is asked to stop the training of {string}")
def told_to_stop(context: Context, role: str) -> None:
    """The order comes over its queue."""
    training = experiments.training_of(context.scene, role)
    stub = context.scene.environments[-1].stub_participant
    eventually("the order to stop", lambda: [key for key in stub.stopped if key == training.experiment_key], has_length(1))


@then("{string} sees {string} on rank {int} of the leaderboard with {float}, after {int} submission/submissions")
def leaderboard_shows_team(context: Context, role: str, team: str, rank: int, score: float, count: int) -> None:
    """Exactly one row, of a team that is named as the platform names it, since it may have no members any more."""
    rows = context.scene.person(role).backend.leaderboard(context.scene.use_case.key)
    expected = has_entries(team=team, rank=rank, score=close_to(score, 1e-9), submissions=count)
    assert_that(rows, contains_exactly(expected), "the leaderboard")
