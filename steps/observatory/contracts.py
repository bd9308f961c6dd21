"""Contracts: what they accept and refuse, and what a change of them means. Nothing of the platform runs for it."""

from behave import then, when
from behave.runner import Context
from hamcrest import assert_that, contains_inanyorder, contains_string, empty, equal_to, has_entries, has_item, not_none

from environments.platforms.observatory import contracts
from support.platforms.observatory import contract_changes, contract_examples
from support.platforms.observatory.contract_changes import read_schemas
from support.step_arguments import Rows, takes_table

SCHEMAS, RELEASED = contracts.FOLDER / "schemas", contracts.FOLDER / "released"


@then("these examples are accepted, and there are no others")
@takes_table({"contract": "word", "example": "word"})
def are_accepted(context: Context, rows: Rows) -> None:
    """Each example that the contracts promise to accept, formats included."""
    found = contract_examples.examples(contract_examples.ACCEPTED)
    assert_that(list(found), contains_inanyorder(*((row["contract"], row["example"]) for row in rows)), "the examples")
    for (contract, example), value in found.items():
        assert_that(contracts.problems(contract, value), empty(), f"what is wrong with {contract}/{example}")


@then("these examples are refused, and there are no others")
@takes_table({"contract": "word", "example": "word", "at": "word", "because": "string"})
def are_refused(context: Context, rows: Rows) -> None:
    """Each example that the contracts promise to refuse, for its one reason, at the place where it is wrong."""
    found = contract_examples.examples(contract_examples.REFUSED)
    assert_that(list(found), contains_inanyorder(*((row["contract"], row["example"]) for row in rows)), "the examples")
    for row in rows:
        name = f"{row['contract']}/{row['example']}"
        problems = contracts.problems(row["contract"], found[row["contract"], row["example"]])
        assert_that({path for path, _ in problems}, equal_to({row["at"]}), f"where {name} is wrong")
        assert_that([words for _, words in problems], has_item(contains_string(row["because"])), f"why {name} is refused")


@then("each of {string}, {string} and {string} is a contract with a version and a name of its own")
def have_versions(context: Context, *names: str) -> None:
    """Readers can tell which contract, and which version of it, they hold a message to."""
    schemas = read_schemas(SCHEMAS)
    assert_that(list(schemas), contains_inanyorder(*names), "the contracts")
    for name, schema in schemas.items():
        assert_that(schema, has_entries({"$schema": "http://json-schema.org/draft-07/schema#", "$version": not_none()}), name)
        assert_that(schema["$id"], contains_string(f"/{name}.json"), f"the name of {name}")


@then("the list of versions has the latest version of every contract")
def are_listed(context: Context) -> None:
    """What is not in the list is a change that nobody was told of."""
    lines = (contracts.FOLDER / "VERSIONS.md").read_text(encoding="utf-8").splitlines()
    listed = [tuple(cell.strip() for cell in line.strip("| ").split("|")[:2]) for line in lines if line.startswith("|")]
    for name, schema in read_schemas(SCHEMAS).items():
        assert_that(listed, has_item((name, schema["$version"])), "versions that are listed")


@then("the version of every contract was raised as its changes since the release require")
def versions_rose(context: Context) -> None:
    """What was released is kept beside the contracts, so that a change shows."""
    released, current = read_schemas(RELEASED), read_schemas(SCHEMAS)
    assert_that(set(released) - set(current), empty(), "released contracts that are gone")
    found = {name: contract_changes.too_small_step(old, current[name]) for name, old in released.items()}
    assert_that({name: why for name, why in found.items() if why}, empty(), "versions that rose too little")


@when("in the contract of a job {string}")
def changes(context: Context, change: str) -> None:
    """The change is made to a copy; `support/platforms/observatory/contract_examples.py` lists those there are."""
    context.job_schema = read_schemas(SCHEMAS)["job"]
    context.changed_schema = contract_examples.changed(context.job_schema, change)


@then("its version has to rise by a {word} number")
def has_to_rise(context: Context, number: str) -> None:
    """The number that tells readers whether they have to look."""
    assert_that(
        contract_changes.needed_version(context.job_schema, context.changed_schema), equal_to(number), "the number that has to rise"
    )


@then("the change is told as {string}")
def is_told(context: Context, words: str) -> None:
    """Whoever made it reads what it means for others."""
    told = [str(change) for change in contract_changes.changes(context.job_schema, context.changed_schema)]
    assert_that(told, has_item(words), "the changes")


@then("version {string} is refused for it, and {string} is not")
def is_refused(context: Context, too_small: str, right: str) -> None:
    """A step that is too small hides the change."""
    for version, matcher in ((too_small, contains_string("too small a step")), (right, equal_to("None"))):
        new = context.changed_schema | {"$version": version}
        assert_that(str(contract_changes.too_small_step(context.job_schema, new)), matcher, f"what is said of version {version}")
