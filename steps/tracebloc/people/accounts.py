"""People: signing up, joining, teams."""

from behave import given, step, then, when
from behave.runner import Context
from hamcrest import assert_that, contains_inanyorder, contains_string, equal_to, has_length, is_not

from support.platforms.tracebloc.playbook.use_cases import naming, people, publishing, refusals
from support.platforms.tracebloc.playbook.use_cases import teams as playbook_teams


@given("the owner signs up, verifies the e-mail address and logs in")
def owner_signs_up(context: Context) -> None:
    """Makes an account for the owner; the platform knows who is logged in."""
    owner = people.sign_up(context.scene, "the owner")
    assert_that(owner.backend.user_info()["email"], equal_to(owner.email), "who the platform says is logged in")


@given("{string} has an account")
def has_account(context: Context, role: str) -> None:
    """Somebody signed up, verified the e-mail address and logged in on the web."""
    people.sign_up(context.scene, role)


@given("{string} has an account in the domain {string}")
def has_account_in_domain(context: Context, role: str, domain: str) -> None:
    """The same, with an e-mail address of that domain."""
    people.sign_up(context.scene, role, domain)


@step("{string} is invited to {use_case}")
def is_invited(context: Context, role: str, use_case: str) -> None:
    """The owner invites somebody by e-mail, who signs up first if they have no account yet, and has not joined."""
    invited_to = naming.use_case(context.scene, use_case)
    invited_to.owner.backend.invite(invited_to.key, [people.somebody(context.scene, role).email])


@given("{string} has joined {use_case}")
def has_joined(context: Context, role: str, use_case: str) -> None:
    """Somebody was invited, accepted the rules and joined; they sign up first if they have no account yet."""
    scene = context.scene
    joined, person = naming.use_case(scene, use_case), people.somebody(scene, role)
    joined.owner.backend.invite(joined.key, [person.email])
    publishing.join(scene, joined, person)


@step("both collaborators accept the rules, join and are given teams of their own, and one invites a teammate")
def collaborators_join(context: Context) -> None:
    """Both invited people join; the first one's teammate lands in the first one's team."""
    scene, use_case = context.scene, context.scene.use_case
    first, second = (scene.person(role) for role in people.COLLABORATORS)
    teams = [publishing.join(scene, use_case, person) for person in (first, second)]
    assert_that(teams[0]["id"], is_not(equal_to(teams[1]["id"])), "the collaborators' teams")
    teammate = people.sign_up(scene, "the teammate")
    playbook_teams.invite(scene, use_case, first, teammate)
    publishing.join(scene, use_case, teammate)
    assert_that(teammate.backend.team(use_case.key)["members"], contains_inanyorder(first.email, teammate.email), "the team's members")
    assert_that(second.backend.team(use_case.key)["members"], has_length(1), "the other team's members")


@when("{string} signs up without reading the mail")
def signs_up_only(context: Context, role: str) -> None:
    """The account is made; the code to verify it lies in the mail."""
    scene = context.scene
    people.register(scene, people.new_person(scene, role))


@when("{string} verifies the e-mail address with the code from the mail")
def verifies(context: Context, role: str) -> None:
    """Proves that the mail was read."""
    people.verify(context.scene, context.scene.person(role))


@then("{string} cannot log in: {string}")
def cannot_log_in(context: Context, role: str, words: str) -> None:
    """The right password alone does not do."""
    person = context.scene.person(role)
    told = refusals.outcome(lambda: person.backend.log_in(person.email, person.password.get_secret_value()))
    assert_that(told, contains_string(words), "what the platform says")


@then("{string} can log in")
def can_log_in(context: Context, role: str) -> None:
    """The platform knows who it is."""
    person = context.scene.person(role)
    people.log_in(context.scene, person)
    assert_that(person.backend.user_info()["email"], equal_to(person.email), "who the platform says is logged in")


@then("the verification code of {string} does not work a second time")
def code_works_once(context: Context, role: str) -> None:
    """Whoever finds the mail later cannot use it."""
    person = context.scene.person(role)
    code = people.verification_code(context.scene, person)
    told = refusals.outcome(lambda: person.backend.verify(code))
    assert_that(told, contains_string("this code is unknown or was used already"), "what the platform says")


@then("{string} cannot join, though they accept the rules: {string}")
def cannot_join(context: Context, role: str, words: str) -> None:
    """Knowing the key of the use case is not enough."""
    scene = context.scene
    told = refusals.outcome(lambda: scene.person(role).backend.join(scene.use_case.key))
    assert_that(told, contains_string(words), "what the platform says")


@then("{string} cannot join without accepting the rules: {string}")
def cannot_join_without_rules(context: Context, role: str, words: str) -> None:
    """An invitation alone is not enough."""
    scene = context.scene
    told = refusals.outcome(lambda: scene.person(role).backend.join(scene.use_case.key, accept_rules=False))
    assert_that(told, contains_string(words), "what the platform says")


@then("{string} can join, and has a team of their own")
def can_join(context: Context, role: str) -> None:
    """With an invitation and the rules accepted."""
    scene = context.scene
    person = scene.person(role)
    assert_that(publishing.join(scene, scene.use_case, person)["members"], equal_to([person.email]), "the team's members")
