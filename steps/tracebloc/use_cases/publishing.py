"""Use cases: defining and publishing them."""

from behave import given, step, then
from behave.runner import Context
from hamcrest import assert_that, empty, equal_to, has_length, is_not

from support.names import MAIL_DOMAIN
from support.platforms.tracebloc.playbook.faults import recovery
from support.platforms.tracebloc.playbook.use_cases import naming, people, publishing, refusals
from support.waiting import eventually


@step('the owner creates a private use case with a title and the task "{task}"')
def owner_creates(context: Context, task: str) -> None:
    """Creates a draft, which nobody else sees."""
    use_case = publishing.create_draft(context.scene, context.scene.person("the owner"), task)
    shown = use_case.owner.backend.use_case(use_case.key)
    assert_that((shown["status"], shown["private"]), equal_to(("draft", True)), "status and privacy")


@step('the owner attaches the training and test datasets, the score "{score}" and a description')
def owner_attaches(context: Context, score: str) -> None:
    """Completes the draft with what participants will train on and be measured by."""
    scene, use_case = context.scene, context.scene.use_case
    publishing.attach_datasets(scene, use_case, scene.datasets)
    publishing.describe(scene, use_case, score)
    shown = use_case.owner.backend.use_case(use_case.key)
    assert_that(shown["score"]["metric"], equal_to(score), "the score")
    assert_that(shown["description"], is_not(empty()), "the description")


@step("the owner attaches the datasets of the {place} environment instead")
def owner_attaches_others(context: Context, place: str) -> None:
    """Those of this secure environment and of no other, in place of what was attached before."""
    scene = context.scene
    client_id = recovery.at_place(scene, place).client_id
    publishing.attach_datasets(scene, scene.use_case, [dataset for dataset in scene.datasets if dataset.environment.client_id == client_id])


@step("the owner sets a budget of {float} PetaFLOPs, invites two collaborators by e-mail and publishes")
def owner_publishes(context: Context, petaflops: float) -> None:
    """Publishes; both collaborators, who sign up for it, find an invitation in their mail."""
    scene, use_case = context.scene, context.scene.use_case
    invited = [people.sign_up(scene, role, MAIL_DOMAIN) for role in people.COLLABORATORS]
    published = publishing.publish(scene, use_case, petaflops, invited)
    assert_that((published["status"], published["budget_petaflops"]), equal_to(("published", petaflops)), "status and budget")
    for person in invited:
        with scene.story.part(f"{person.role} finds the invitation"):
            eventually(
                "the invitation",
                lambda person=person: [mail for mail in people.letters_to(scene, person) if use_case.key in mail],
                has_length(1),
            )


@then("it cannot be published, since this is missing: {string}")
def cannot_be_published(context: Context, missing: str) -> None:
    """The platform names all that is missing, and the use case stays a draft."""
    use_case = context.scene.use_case
    told = refusals.outcome(lambda: use_case.owner.backend.publish(use_case.key))
    assert_that(told, equal_to(f"Before publishing, this is missing: {missing}."), "what the platform says")
    assert_that(use_case.owner.backend.use_case(use_case.key)["status"], equal_to("draft"), "the status")


@given('a/another use case for "{task}" scored by "{score}" is published on them')
def use_case_is_published(context: Context, task: str, score: str) -> None:
    """A private use case stands published on all datasets of the scenario, with a budget of 1 PetaFLOPs for each team."""
    publishing.publish_on_all_datasets(context.scene, task, score)


@given('a use case for "{task}" scored by "{score}" is published on them, with {float} million operations for each team')
def use_case_with_small_budget(context: Context, task: str, score: str, million_operations: float) -> None:
    """The same with a budget in millions of floating point operations, a billionth of a PetaFLOPs each."""
    publishing.publish_on_all_datasets(context.scene, task, score, petaflops=million_operations * 1e-9)


@given('a use case for "{task}" scored by "{score}" is published on them for the domain {string}')
def use_case_of_a_domain(context: Context, task: str, score: str, domain: str) -> None:
    """The same, for people whose e-mail address is of one domain."""
    publishing.publish_on_all_datasets(context.scene, task, score, domains=[domain])


@given("the {nameable} is called {string}")
def is_called(context: Context, kind: str, name: str) -> None:
    """Names the one that was made last, for scenarios with several; sentences then say `the use case "second"`."""
    naming.call(context.scene, kind, name)


@step("from here on, it is about {use_case}")
def turn_to(context: Context, name: str) -> None:
    """Sentences that name no use case mean this one, until another one is made or turned to."""
    naming.turn_to(context.scene, name)


@given("the owner lets participants combine columns")
def may_combine(context: Context) -> None:
    """New columns may be made of those there are."""
    publishing.allow_feature_modification(context.scene, context.scene.use_case)


@step("the owner changes the budget of {use_case} to {float} PetaFLOPs")
def changes_budget(context: Context, name: str, petaflops: float) -> None:
    """Raises or lowers it: each team of the use case has that much from now on."""
    use_case = naming.use_case(context.scene, name)
    use_case.owner.backend.change_use_case(use_case.key, budget_petaflops=petaflops)
