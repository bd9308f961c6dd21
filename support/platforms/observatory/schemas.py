"""Holds messages and answers to the platform's schemas."""

from hamcrest import assert_that, empty

from environments.platforms.observatory import contracts


def assert_valid(name: str, value: object) -> None:
    """Raise AssertionError with everything that a schema, formats included, finds wrong with a value."""
    found = [f"{path}: {message}" for path, message in contracts.problems(name, value)]
    assert_that(found, empty(), f"what is wrong with it by the schema {name}")
