"""Teams: who is in them, what budget they have, and how two of them become one."""

from behave import given, step, then, when
from behave.runner import Context
from hamcrest import assert_that, close_to, contains_inanyorder, empty, equal_to, has_entries

from support.platforms.tracebloc.playbook.use_cases import naming, people, publishing, refusals, teams
from support.platforms.tracebloc.scene import Scene, UseCase
from support.step_arguments import Rows, takes_table


@given("{string} is in the team of {string}")
def is_in_the_team_of(context: Context, role: str, member: str) -> None:
    """Somebody signs up, is invited by a member and lands in the member's team."""
    scene, use_case = context.scene, context.scene.use_case
    person = people.sign_up(scene, role)
    teams.invite(scene, use_case, scene.person(member), person)
    team = publishing.join(scene, use_case, person)
    assert_that(team["id"], equal_to(teams.team_of(use_case, scene.person(member))["id"]), "the teammate's team")


@given("{string} has joined another use case on the same datasets")
def has_joined_another(context: Context, role: str) -> None:
    """The same owner's second use case, in which somebody has a team too; the first one stays the scenario's."""
    scene = context.scene
    first, person = scene.use_case, scene.person(role)
    other = publishing.publish_on_all_datasets(scene, "tabular classification", "accuracy")
    other.owner.backend.invite(other.key, [person.email])
    publishing.join(scene, other, person)
    scene.use_cases.remove(first)
    scene.use_cases.append(first)


@step("{string} is invited to the team of {string}")
def is_invited_to_the_team_of(context: Context, role: str, member: str) -> None:
    """Somebody, who signs up if need be, is invited by a member; they have not joined."""
    scene = context.scene
    teams.invite(scene, scene.use_case, scene.person(member), people.somebody(scene, role))


@when("the team of {string} asks the team of {string} to merge")
def asks(context: Context, asking: str, asked: str) -> None:
    """A member of the one asks; nobody has accepted."""
    scene = context.scene
    teams.ask(scene.use_case, scene.person(asking), teams.team_of(scene.use_case, scene.person(asked))["id"])


@then("the team of {string} neither asks nor is asked to merge")
def no_requests(context: Context, role: str) -> None:
    """No request is open, by it or to it."""
    scene = context.scene
    (listed,) = scene.person(role).backend.pages(f"/use-cases/{scene.use_case.key}/team/merge-requests/")
    assert_that(listed, empty(), "the requests to merge")


@when("the team of {string} asks the team of {string} to merge, which accepts")
def merges(context: Context, asking: str, accepting: str) -> None:
    """A member of the one asks, a member of the other accepts."""
    scene = context.scene
    teams.merge(scene, scene.use_case, scene.person(asking), scene.person(accepting))


@when("{string} ends the request of the team of {string} to the team of {string}")
def ends_request(context: Context, role: str, asking: str, asked: str) -> None:
    """A member of the team that asked takes it back, or one of the team that is asked declines it."""
    scene = context.scene
    number = teams.request_between(scene.use_case, scene.person(asking), scene.person(asked))
    with scene.story.part(f"{role} ends the request of {asking}'s team to {asked}'s"):
        scene.person(role).backend.end_merge_request(scene.use_case.key, number)


@when("{string} accepts the request of the team of {string}")
def accepts_request(context: Context, role: str, asking: str) -> None:
    """One that was made before; the team that asked becomes part of theirs."""
    scene = context.scene
    number = teams.request_between(scene.use_case, scene.person(asking), scene.person(role))
    with scene.story.part(f"{role} accepts the request of {asking}'s team"):
        scene.person(role).backend.accept_merge(scene.use_case.key, number)


@then("{string} can neither accept nor end the request of the team of {string} to the team of {string}: {string}")
def request_of_others(context: Context, role: str, asking: str, asked: str, words: str) -> None:
    """It is as if it were not there, and stays open."""
    scene = context.scene
    backend, key = scene.person(role).backend, scene.use_case.key
    number = teams.request_between(scene.use_case, scene.person(asking), scene.person(asked))
    acts = {"accepting": lambda: backend.accept_merge(key, number), "ending": lambda: backend.end_merge_request(key, number)}
    refusals.assert_outcomes(scene, role, acts, dict.fromkeys(acts, words))
    again = teams.request_between(scene.use_case, scene.person(asking), scene.person(asked))
    assert_that(again, equal_to(number), "the request afterwards")


@then("{string} sees these requests to merge:")
@takes_table({"asking": "string", "asked": "string"})
def sees_requests(context: Context, role: str, rows: Rows) -> None:
    """The oldest first; each team is named by one of its members."""
    scene = context.scene
    names = {each: teams.team_of(scene.use_case, scene.person(each))["name"] for row in rows for each in row.values()}
    shown = [
        (request["asking"]["name"], request["asked"]["name"]) for request in scene.person(role).backend.merge_requests(scene.use_case.key)
    ]
    assert_that(shown, equal_to([(names[row["asking"]], names[row["asked"]]) for row in rows]), f"the requests that {role} sees")


@given("the team of {string} has merged into the team of {string}")
def has_merged(context: Context, asking: str, accepting: str) -> None:
    """Its number is that of no team any more."""
    scene = context.scene
    context.merged_team = teams.team_of(scene.use_case, scene.person(asking))["id"]
    teams.merge(scene, scene.use_case, scene.person(asking), scene.person(accepting))


@then("the teams of {string} and {string} cannot be merged in any of these ways:")
@takes_table({"way": "merge_attempt", "words": "string"})
def merge_is_refused(context: Context, asking: str, asked: str, rows: Rows) -> None:
    """Each wrong way is tried; the platform says what is wrong, and both teams stay as they were."""
    scene = context.scene
    use_case, elsewhere = scene.use_case, scene.use_cases[0]
    people_of_both = [scene.person(role) for role in (asking, asked)]
    before = [teams.team_of(use_case, person) for person in people_of_both]
    attempts = teams.merge_attempts(use_case, elsewhere, *people_of_both, merged=context.merged_team)
    expected = {row["way"]: row["words"] for row in rows}
    refusals.assert_outcomes(scene, asking, attempts, expected)
    assert_that([teams.team_of(use_case, person) for person in people_of_both], equal_to(before), "the two teams")


@then("{string} and {string} are the members of {string}")
def are_the_members(context: Context, first: str, second: str, name: str) -> None:
    """Both see the same team, with both of them in it."""
    _assert_members(context.scene, name, first, second)


@then("{string}, {string} and {string} are the members of {string}")
def three_are_the_members(context: Context, first: str, second: str, third: str, name: str) -> None:
    """All three see the same team, with all of them in it."""
    _assert_members(context.scene, name, first, second, third)


def _assert_members(scene: Scene, name: str, *roles: str) -> None:
    members = [scene.person(role) for role in roles]
    expected = has_entries(name=name, members=contains_inanyorder(*[person.email for person in members]))
    for member in members:
        assert_that(teams.team_of(scene.use_case, member), expected, f"the team of {member.role}")


@then("the team of {string} has a budget of {float} PetaFLOPs, of which {float} are spent")
def has_budget(context: Context, role: str, budget: float, spent: float) -> None:
    """What the team sees of its budget; what is left is the rest, and never less than nothing."""
    _assert_budget(context.scene, role, context.scene.use_case, budget, spent)


@then("the team of {string} in {use_case} has a budget of {float} PetaFLOPs, of which {float} are spent")
def has_budget_in(context: Context, role: str, use_case: str, budget: float, spent: float) -> None:
    """The same, where somebody is in teams of several use cases."""
    _assert_budget(context.scene, role, naming.use_case(context.scene, use_case), budget, spent)


def _assert_budget(scene: Scene, role: str, use_case: UseCase, budget: float, spent: float) -> None:
    team, left = teams.team_of(use_case, scene.person(role)), max(0.0, budget - spent)
    expected = has_entries(budget_petaflops=budget, spent_petaflops=close_to(spent, 1e-9), remaining_petaflops=close_to(left, 1e-9))
    assert_that(team, expected, f"the team of {role}")
