"""What an owner says of a use case, who reads it, and which changes and datasets the platform refuses."""

from collections.abc import Callable, Mapping
from typing import Any

from behave import given, step, then
from behave.runner import Context
from hamcrest import assert_that, equal_to

from support.platforms.tracebloc.clients.backend import Json
from support.platforms.tracebloc.playbook.secure_environments import stub_participants
from support.platforms.tracebloc.playbook.use_cases import naming, people, publishing, refusals
from support.platforms.tracebloc.sample_data.datasets import class_names, feature_names
from support.platforms.tracebloc.scene import Scene
from support.step_arguments import Rows, takes_table

TASK = "tabular classification"
INVITED = "the invited"
YES = {True: "yes", False: "no"}
SHOWN: Mapping[str, Callable[[Json], object]] = {
    "owner": lambda use_case: use_case["owner"],
    "title": lambda use_case: use_case["title"],
    "task": lambda use_case: use_case["task"],
    "description": lambda use_case: use_case["description"],
    "rules": lambda use_case: use_case["rules"],
    "status": lambda use_case: use_case["status"],
    "private": lambda use_case: use_case["private"],
    "columns may be combined": lambda use_case: use_case["allow_feature_modification"],
    "metric": lambda use_case: use_case["score"]["metric"],
    "higher is better": lambda use_case: use_case["score"]["higher_is_better"],
    "budget": lambda use_case: use_case["budget_petaflops"],
    "seconds of a cycle": lambda use_case: use_case["rounds"]["deadline_seconds"],
    "quorum": lambda use_case: use_case["rounds"]["quorum"],
}
"""By the words of a feature, what the platform shows."""


@then("{string} and {string} read of the use case:")
@takes_table({"what": "string", "words": "string"})
def both_read(context: Context, first: str, second: str, rows: Rows) -> None:
    """Opened by itself and found in the list, by each of them."""
    scene = context.scene
    expected = {row["what"]: row["words"] for row in rows}
    for role in (first, second):
        backend = scene.person(role).backend
        listed = next(each for each in backend.use_cases() if each["key"] == scene.use_case.key)
        for where, shown in (("opens", backend.use_case(scene.use_case.key)), ("is listed", listed)):
            told = {what: SHOWN[what](shown) for what in expected}
            assert_that({what: _in_words(value) for what, value in told.items()}, equal_to(expected), f"what {role} {where}")


@step("the owner changes of the use case:")
@takes_table({"what": "string", "words": "string"})
def owner_changes(context: Context, rows: Rows) -> None:
    """All of it at once; what is not named stays."""
    scene = context.scene
    with scene.story.part("the owner changes the use case"):
        _change(scene, "the owner", {row["what"]: row["words"] for row in rows})


@then("these changes of the use case are refused:")
@takes_table({"who": "string", "what": "string", "words": "string", "reason": "string"})
def changes_refused(context: Context, rows: Rows) -> None:
    """Each alone; the use case stays as it was."""
    scene = context.scene
    backend = scene.use_case.owner.backend
    before = backend.use_case(scene.use_case.key)
    for row in rows:
        what = f"{row['what']} {row['words']}"
        act = {what: lambda row=row: _change(scene, row["who"], {row["what"]: row["words"]})}
        refusals.assert_outcomes(scene, row["who"], act, {what: row["reason"]})
    assert_that(backend.use_case(scene.use_case.key), equal_to(before), "the use case")


@given("the owner has these use cases:")
@takes_table({"use case": "string", "status": "word", "meant for": "string"})
def has_use_cases(context: Context, rows: Rows) -> None:
    """On the datasets of the scenario, each called by its name: a draft or published, meant for the invited, everybody, or one domain."""
    scene = context.scene
    for row in rows:
        whom = row["meant for"]
        domains = [whom.removeprefix("everybody of ")] if whom.startswith("everybody of ") else []
        if row["status"] == "draft":
            publishing.create_draft(scene, scene.person("the owner"), TASK, whom == INVITED, domains)
        else:
            publishing.publish_on_all_datasets(scene, TASK, "accuracy", domains=domains, private=whom == INVITED)
        naming.call(scene, "use case", row["use case"])


@then("these use cases are open like this:")
@takes_table({"who": "string", "use case": "string", "shown": "word", "joining": "string"})
def are_open(context: Context, rows: Rows) -> None:
    """Shown is what is found in the list and can be opened; whoever joins accepts the rules."""
    scene = context.scene
    for row in rows:
        backend, key = scene.person(row["who"]).backend, naming.use_case(scene, f'the use case "{row["use case"]}"').key
        listed = key in [each["key"] for each in backend.use_cases()]
        opened = refusals.outcome(lambda backend=backend, key=key: backend.use_case(key)) == refusals.LET_THROUGH
        what = f"the use case {row['use case']} for {row['who']}"
        assert_that((YES[listed], YES[opened]), equal_to((row["shown"], row["shown"])), f"whether {what} is listed and opened")
        told = refusals.outcome(lambda backend=backend, key=key: backend.join(key))
        assert_that(told.replace(refusals.LET_THROUGH, "joined"), equal_to(row["joining"]), f"joining {what}")


@given("it has reported these datasets as well:")
@takes_table({"dataset": "string", "intent": "intent", "rows": "int", "column": "string"}, may_be_empty=["column"])
def told_as_well(context: Context, rows: Rows) -> None:
    """The secure environment that was registered last; a further column is one that its other datasets have not."""
    scene = context.scene
    context.told = {}
    for row in rows:
        columns = [*feature_names(), row["column"]] if row["column"] else feature_names()
        stub_participants.tell_of(scene, scene.environments[-1], {row["intent"]: {class_names()[0]: row["rows"]}}, columns)
        context.told[row["dataset"]] = scene.datasets.pop().dataset_key


@then("these datasets cannot be attached to it:")
@takes_table({"training": "string", "test": "string", "reason": "string"})
def cannot_be_attached(context: Context, rows: Rows) -> None:
    """Each row alone; datasets stand behind each other with a plus sign between, and the use case stays without any."""
    scene = context.scene
    keys = {f"its {'training' if each.intent == 'train' else 'test'} dataset": each.dataset_key for each in scene.datasets} | context.told
    backend, use_case = people.the_owner(scene).backend, scene.use_case

    def attach(training: str, test: str) -> Json:
        chosen = [[keys[name] for name in names.split(" + ")] for names in (training, test)]
        return backend.attach_datasets(use_case.key, training=chosen[0], test=chosen[1])

    acts = {f"{row['training']}, {row['test']}": lambda row=row: attach(row["training"], row["test"]) for row in rows}
    refusals.assert_outcomes(scene, "the owner", acts, {f"{row['training']}, {row['test']}": row["reason"] for row in rows})
    assert_that(backend.use_case(use_case.key)["training_dataset_key"], equal_to(None), "the key of its training data")


def _in_words(value: object) -> str:
    return YES[value] if isinstance(value, bool) else str(value)


def _change(scene: Scene, role: str, said: Mapping[str, str]) -> Json:
    backend, key = scene.person(role).backend, scene.use_case.key
    if "datasets" in said:
        return backend.attach_datasets(key, training=[], test=[])
    changes: dict[str, Any] = {name: said[name] for name in ("title", "description", "rules") if name in said}
    if "columns may be combined" in said:
        changes["allow_feature_modification"] = said["columns may be combined"] == YES[True]
    if "metric" in said:
        changes["score"] = {"metric": said["metric"], "higher_is_better": False}
    if "budget" in said:
        changes["budget_petaflops"] = float(said["budget"])
    if "seconds of a cycle" in said or "quorum" in said:
        usual = scene.use_case.owner.backend.use_case(key)["rounds"]
        seconds, quorum = said.get("seconds of a cycle", usual["deadline_seconds"]), said.get("quorum", usual["quorum"])
        changes["rounds"] = {"deadline_seconds": float(seconds), "quorum": float(quorum)}
    return backend.change_use_case(key, **changes)
