"""Assertions without words, in a module in which pytest does not write words of its own for them."""

from hamcrest import assert_that


class Context:
    """Stands for what has values."""

    __module__ = "behave.runner"

    def __getattr__(self, name: str) -> int:
        return 4


class Careful:
    """Must not be looked into."""

    plain = 3

    @property
    def costly(self) -> int:
        """Counts how often it was asked."""
        asked.append(1)
        return 5


asked: list[int] = []


def plain_values() -> None:
    rows, password = [1, 2], "hunter22xyz"
    assert len(rows) == 3 and password in ("x",)  # noqa: PT018


def plain_property() -> None:
    careful = Careful()
    assert careful.costly == careful.plain


def plain_in_lines() -> None:
    text = "a b"
    assert text.split() == [
        "a",
    ]


def hamcrest_without_words() -> None:
    score = 3
    assert_that(score > 4)


def raised_without_words() -> None:
    raise AssertionError


def plain_context() -> None:
    context = Context()
    rows = [1]
    assert context.total == rows[0]


def plain_tables() -> None:
    rows = [{"team": "Ada"}]
    assert rows == [{"team": "Bea"}]
