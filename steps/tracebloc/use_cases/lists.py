"""Lists that are longer than a page: each entry once, in order, however small the pages are."""

from behave import given, then, when
from behave.runner import Context
from hamcrest import assert_that, equal_to, less_than

from support.names import counted
from support.platforms.tracebloc.clients.backend import Json
from support.platforms.tracebloc.playbook.secure_environments import registration, stub_participants
from support.platforms.tracebloc.playbook.use_cases import publishing, teams
from support.step_arguments import Rows, takes_table

PATHS = {
    "the experiments": "/experiments/",
    "the submissions": "/use-cases/{key}/submissions/",
    "the leaderboard": "/use-cases/{key}/leaderboard/",
    "the use cases": "/use-cases/",
    "the datasets": "/datasets/",
    "the requests to merge": "/use-cases/{key}/team/merge-requests/",
    "the failed ingestions": "/edge-device/{environment}/ingest-failures/",
}
KEYS = {
    "the experiments": "experiment_key",
    "the submissions": "id",
    "the leaderboard": "rank",
    "the use cases": "key",
    "the datasets": "dataset_key",
    "the requests to merge": "id",
    "the failed ingestions": "ingestor_id",
}


@given("the owner has {int} drafts of use cases")
def has_drafts(context: Context, number: int) -> None:
    """Made one after the other; the scenario's own use case stays the one that is meant."""
    scene = context.scene
    published = list(scene.use_cases)
    for _ in range(number):
        publishing.create_draft(scene, scene.person("the owner"), "tabular classification")
    context.drafts = [each.key for each in scene.use_cases if each not in published]
    scene.use_cases[:] = published


@given("the stub participant has reported {int} more datasets")
def has_reported(context: Context, number: int) -> None:
    """Each with rows of its own; no use case is made of them."""
    scene = context.scene
    known = list(scene.datasets)
    for rows in range(1, number + 1):
        stub_participants.tell_of_rows(scene, scene.environments[-1], {"train": rows})
    scene.datasets[:] = known


@when("the team of {string} asks the teams of {string} and {string} to merge")
def asks_two(context: Context, asking: str, first: str, second: str) -> None:
    """Neither has accepted."""
    scene = context.scene
    for asked in (first, second):
        teams.ask(scene.use_case, scene.person(asking), teams.team_of(scene.use_case, scene.person(asked))["id"])


@when("the owner registers {int} more secure environment/environments")
def registers(context: Context, number: int) -> None:
    """No client is installed in them."""
    scene = context.scene
    for _ in range(number):
        registration.register(scene, scene.person("the owner"))


@then("these lists are the same however many entries a page has:")
@takes_table({"who": "string", "list": "string", "entries": "int"})
def same_lists(context: Context, rows: Rows) -> None:
    """Read whole, two at a time, and one at a time: the same entries in the same order, each once; no page is empty or too long."""
    scene = context.scene
    for row in rows:
        backend = scene.person(row["who"]).backend
        path = PATHS[row["list"]].format(key=scene.use_case.key, environment=scene.environments[0].identity)
        (everything,) = backend.pages(path)
        whole = _own(context, row["list"], everything)
        identities = [entry[KEYS[row["list"]]] for entry in whole]
        what = f"{row['list']} of {row['who']}"
        assert_that(
            (len(identities), len(set(identities))), equal_to((row["entries"], row["entries"])), f"{what}: entries, and different ones"
        )
        for size in (1, 2):
            pages = backend.pages(path, limit=size)
            read = [entry for page in pages for entry in page]
            assert_that(_own(context, row["list"], read), equal_to(whole), f"{what}, {counted(size, 'entry')} at a time")
            full = [size] * (len(read) // size) + [len(read) % size] * (len(read) % size > 0)
            assert_that([len(page) for page in pages], equal_to(full), f"{what}: entries of pages of {size}")


@then("the use cases of the owner are shown the newest first")
def newest_first(context: Context) -> None:
    """Those that were made last stand before those that were made earlier."""
    scene = context.scene
    listed = [each["key"] for each in _own(context, "the use cases", scene.person("the owner").backend.use_cases())]
    assert_that(listed, equal_to([*reversed(context.drafts), scene.use_case.key]), "the use cases")


@then("the owner's list of secure environments has {int} entries, the newest first, on {int} page/pages")
def environments_listed(context: Context, number: int, pages: int) -> None:
    """Each once; the pages lead to each other, and there is none behind the last."""
    scene = context.scene
    owner = scene.person("the owner").backend
    read = [owner.page_of_environments(page) for page in range(1, pages + 1)]
    listed = [entry["client_id"] for page in read for entry in page["results"]]
    assert_that(listed, equal_to([each.client_id for each in reversed(scene.environments)]), "the secure environments")
    assert_that({page["count"] for page in read}, equal_to({number}), "how many there are")
    assert_that(max((len(page["results"]) for page in read[1:]), default=0), less_than(len(read[0]["results"])), "entries of a later page")
    leads = [(_page_in(page["previous"]), _page_in(page["next"])) for page in read]
    expected = [(page - 1 or None, page + 1 if page < pages else None) for page in range(1, pages + 1)]
    assert_that(leads, equal_to(expected), "the pages before and behind")


def _page_in(link: str | None) -> int | None:
    return None if link is None else int(link.rpartition("page=")[2])


def _own(context: Context, listed: str, entries: list[Json]) -> list[Json]:
    """Use cases that others have published for everybody are seen by all people of all scenarios, and are none of this one's."""
    own = {*context.drafts, *(each.key for each in context.scene.use_cases)}
    return [entry for entry in entries if listed != "the use cases" or entry["key"] in own]
