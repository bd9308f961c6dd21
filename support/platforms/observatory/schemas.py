"""Holds messages and answers to the platform's schemas."""

from hamcrest import assert_that, empty

from environments.platforms.observatory import contracts


def problems(name: str, value: object) -> list[str]:
    """Everything that a schema, formats included, finds wrong with a value."""
    return [f"{path}: {message}" for path, message in contracts.problems(name, value)]


def assert_valid(name: str, value: object) -> None:
    """Raise AssertionError with everything that a schema, formats included, finds wrong with a value."""
    assert_that(problems(name, value), empty(), f"what is wrong with it by the schema {name}")
