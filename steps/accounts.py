"""People: signing up, joining, teams."""

from behave import given, step
from behave.runner import Context
from hamcrest import assert_that, contains_inanyorder, equal_to, has_length, is_not

from support.playbook import people, use_cases


@given("the owner signs up, verifies the e-mail address and logs in")
def owner_signs_up(context: Context) -> None:
    """Makes an account for the owner; the platform knows who is logged in."""
    owner = people.sign_up(context.scene, "the owner")
    assert_that(owner.backend.user_info()["email"], equal_to(owner.email), "who the platform says is logged in")


@given("{string} has joined the use case")
def has_joined(context: Context, role: str) -> None:
    """Somebody has an account, was invited, accepted the rules and joined."""
    scene = context.scene
    person = people.sign_up(scene, role)
    scene.use_case.owner.backend.invite(scene.use_case.key, [person.email])
    use_cases.join(scene, scene.use_case, person)


@step("both collaborators accept the rules, join and are given teams of their own, and one invites a teammate")
def collaborators_join(context: Context) -> None:
    """Both invited people join; the first one's teammate lands in the first one's team."""
    scene, use_case = context.scene, context.scene.use_case
    first, second = (scene.person(role) for role in people.COLLABORATORS)
    teams = [use_cases.join(scene, use_case, person) for person in (first, second)]
    assert_that(teams[0]["id"], is_not(equal_to(teams[1]["id"])), "the collaborators' teams")
    teammate = people.sign_up(scene, "the teammate")
    with scene.story.part("the first collaborator invites a teammate"):
        first.backend.invite_teammate(use_case.key, teammate.email)
    use_cases.join(scene, use_case, teammate)
    assert_that(teammate.backend.team(use_case.key)["members"], contains_inanyorder(first.email, teammate.email), "the team's members")
    assert_that(second.backend.team(use_case.key)["members"], has_length(1), "the other team's members")
