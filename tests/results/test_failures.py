"""What a step raised becomes one sentence with what was expected and seen, two tables by names, and a trace of the project's own code."""

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from urllib.error import HTTPError

import httpx
import pytest
from hamcrest import (
    assert_that,
    close_to,
    contains_exactly,
    contains_inanyorder,
    equal_to,
    greater_than,
    has_entries,
    has_length,
    has_properties,
    is_,
)
from hamcrest.core.matcher import Matcher

from environments.errors import PlatformRefused
from support.results.failures.explain import failure_of_error, failure_told
from support.results.failures.kinds import status_of_error
from support.results.scenario_result import Failure, Status, redacted
from support.waiting import NeverHappened, eventually
from tests.results import asserting


class Refused(PlatformRefused):
    """As clients of a platform have one."""


@pytest.mark.parametrize(
    "error",
    [
        AssertionError("one is not two"),
        Refused("403: not for you"),
        TimeoutError("nothing came"),
        httpx.HTTPStatusError("500", request=httpx.Request("GET", "http://a"), response=httpx.Response(500)),
        httpx.ReadTimeout("late"),
        HTTPError("http://a", 403, "no", None, None),  # type: ignore[arg-type]
        subprocess.TimeoutExpired("install", 5),
        ExceptionGroup("both", [AssertionError("one"), Refused("two")]),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_expectation_a_refusal_and_a_wait_in_vain_are_failures(error: Exception) -> None:
    assert status_of_error(error) is Status.FAILED


@pytest.mark.parametrize(
    "error",
    [KeyError("x"), httpx.ConnectError("nobody listens"), OSError(28, "disk full"), ExceptionGroup("one", [AssertionError(), KeyError()])],
    ids=lambda error: type(error).__name__,
)
def test_all_else_is_an_error_of_the_step_or_of_its_surroundings(error: Exception) -> None:
    assert status_of_error(error) is Status.ERROR


def failing(act: Callable[..., object], *arguments: object) -> Failure:
    """The failure of what an act raises."""
    with pytest.raises(BaseException) as raised:  # noqa: PT011
        act(*arguments)
    found = redacted(failure_of_error(raised.value))
    assert found is not None
    return found


@dataclass
class Team:
    """Something with properties."""

    name: str
    rank: int


SENTENCES = [
    (5, greater_than(7), "it: expected a value greater than 7, seen 5"),
    ("Pending", equal_to("Online"), "it: expected 'Online', seen 'Pending'"),
    ("Pending", is_("Online"), "it: expected 'Online', seen 'Pending'"),
    (0.25, close_to(0.5, 1e-9), "it: expected about 0.5, seen 0.25"),
    ([1, 2], has_length(3), "it: expected an object with length of 3, seen [1, 2]"),
    ({"rank": 2, "score": 1}, has_entries(rank=1, score=1), "it: rank: expected 1, seen 2"),
    ({}, has_entries(rank=1), "it: rank: expected 1, seen nothing"),
    ({"a": 1, "b": 2}, equal_to({"a": 1}), "it: b: expected nothing, seen 2"),
    (Team("A", 2), has_properties(name="A", rank=1), "it: rank: expected 1, seen 2"),
    ([1, 2], equal_to([1, 3]), "it: row 2: expected 3, seen 2"),
    ({1, 2}, equal_to({1, 3}), "it: row 2: expected 3, seen nothing; row 3: expected nothing, seen 2"),
    (["b"], contains_inanyorder("a", "b"), "it: row 1: expected a, seen nothing"),
    ("text", has_entries(a=1), "it: expected a dictionary containing {'a': 1}, seen 'text'"),
    ([], contains_exactly(has_entries(a=1)), "it: row 1: expected a 1, seen nothing"),
]


@pytest.mark.parametrize(("actual", "matcher", "sentence"), SENTENCES, ids=[words for _, _, words in SENTENCES])
def test_a_matcher_becomes_a_sentence_with_what_was_expected_and_seen(actual: object, matcher: Matcher[object], sentence: str) -> None:
    assert failing(assert_that, actual, matcher, "it").message == sentence


def test_two_tables_stand_side_by_side_with_the_names_of_their_columns() -> None:
    seen = [{"rank": 1, "team": "Ada", "score": 0.5, "else": 1}, {"rank": 2, "team": "Bob", "score": 0.25}]
    expected = [has_entries(rank=1, team="Ada", score=0.5), has_entries(rank=2, team="Bea", score=close_to(0.4, 0.1))]
    failure = failing(assert_that, seen, contains_exactly(*expected), "the leaderboard")
    assert failure.message == "the leaderboard: row 2: expected team Bea, score about 0.4, seen team Bob, score 0.25"
    assert failure.comparison is not None
    assert failure.comparison.columns == ("rank", "team", "score")
    assert list(failure.comparison.lines()) == [
        "     expected               |  seen",
        "     rank  team  score      |  rank  team  score",
        "  1  1     Ada   0.5        |  1     Ada   0.5",
        "≠ 2  2     Bea   about 0.4  |  2     Bob   0.25",
    ]


def test_very_many_rows_are_cut_and_those_that_differ_are_kept() -> None:
    failure = failing(assert_that, list(range(1000)), equal_to([*range(999), 0]), "numbers")
    assert failure.comparison is not None
    assert len(failure.comparison.rows) == 50
    assert failure.message == "numbers: row 1000: expected 0, seen 999"


def test_a_wait_in_vain_says_what_was_expected_and_seen_last() -> None:
    failure = failing(lambda: eventually("the job", lambda: {"status": "Running"}, has_entries(status="Done"), within=0.05))
    assert failure.kind == NeverHappened.__name__
    assert failure.message.endswith("s for the job: status: expected Done, seen last: Running")
    assert failure.comparison is not None
    failure = failing(lambda: eventually("the moon", lambda: "grey", lambda colour: colour == "blue", within=0.05))
    assert failure.message.endswith("s for the moon: seen last: 'grey'")


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        (
            asserting.plain_values,
            "assert len(rows) == 3 and password in ('x',) does not hold, where len(rows) = 2, password = <redacted>",
        ),
        (asserting.plain_context, "assert context.total == rows[0] does not hold, where context.total = 4, rows[0] = 1"),
        (asserting.plain_in_lines, "assert text.split() == ['a'] does not hold, where text.split() = ['a', 'b']"),
        (asserting.plain_tables, "assert rows == [{'team': 'Bea'}] does not hold, where rows = [{'team': 'Ada'}]"),
        (asserting.hamcrest_without_words, "assert_that(score > 4) does not hold, where score = 3"),
    ],
)
def test_an_assertion_without_words_shows_its_code_and_values(act: Callable[..., object], sentence: str) -> None:
    assert failing(act).message == sentence


def test_tables_that_a_plain_assertion_compares_stand_side_by_side() -> None:
    comparison = failing(asserting.plain_tables).comparison
    assert comparison is not None
    assert (comparison.columns, comparison.rows[0].expected, comparison.rows[0].seen) == (("team",), ("Bea",), ("Ada",))


def test_what_looking_at_could_change_is_not_looked_at_again() -> None:
    asserting.asked.clear()
    assert "careful.plain = 3" in failing(asserting.plain_property).message
    assert len(asserting.asked) == 1


def test_an_error_says_its_kind_and_where_the_code_is_wrong() -> None:
    failure = failing(lambda: {}["x"])
    assert failure.message.startswith("KeyError: 'x' (in tests/results/test_failures.py:")
    assert failing(asserting.raised_without_words).message.startswith("AssertionError without words (in tests/results/asserting.py:")


def test_several_errors_are_all_said() -> None:
    assert failure_of_error(ExceptionGroup("both", [AssertionError("one"), TimeoutError("two")])).message == "both: one; two"


def test_a_long_text_of_many_lines_is_a_sentence_and_details() -> None:
    failure = failure_of_error(AssertionError("it says:\n" + "a long line\n" * 100))
    assert failure.message == "it says:"
    assert len(failure.details.splitlines()) == 100


def test_what_is_left_of_a_failure_as_text_begins_with_a_sentence() -> None:
    text = "the hook before_all went wrong: KeyError: 1\nmore\nTraceback (most recent call last):\n  File\nKeyError: 1\n"
    failure = failure_told([text, "and another"], "RunnerError")
    assert failure.message == "the hook before_all went wrong: KeyError: 1; and another"
    assert failure.details == "more"
    assert failure.trace.startswith("Traceback")


class _RaisesWhenAsked(Exception):
    def __init__(self, what: str) -> None:
        super().__init__("own words")
        self.what = what

    def __getattribute__(self, name: str) -> object:
        if name == super().__getattribute__("what"):
            raise SystemExit(f"no {name}")
        return super().__getattribute__(name)


class _ExitsAsText(Exception):
    def __str__(self) -> str:
        raise SystemExit(3)


def _with_causes(number: int) -> Exception:
    error: Exception | None = None
    for step in range(number):
        cause, error = error, ValueError(f"number {step}")
        error.__cause__ = cause
    assert error is not None
    return error


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (_RaisesWhenAsked("headline"), "_RaisesWhenAsked: own words (no more of it can be told: SystemExit)"),
        (_RaisesWhenAsked("__notes__"), "_RaisesWhenAsked: own words (no more of it can be told: SystemExit)"),
        (_ExitsAsText(), "_ExitsAsText: (its text cannot be read: SystemExit)"),
        (_with_causes(3000), "ValueError: number 2999 (no more of it can be told: RecursionError)"),
    ],
    ids=["its headline", "its notes", "its text", "its causes"],
)
def test_an_error_that_cannot_be_looked_at_is_told_all_the_same(error: Exception, sentence: str) -> None:
    failure = failure_of_error(error)
    assert (failure.message, failure.kind) == (sentence, type(error).__name__)


def test_what_went_wrong_many_times_in_the_same_way_is_said_once() -> None:
    failure = failure_told(["the floor is wet\nin the hall", "no light", "the floor is wet\nin the hall"], "CleanupError")
    assert (failure.message, failure.details) == ("the floor is wet (2 times); no light", "in the hall")


def test_secrets_are_hidden_in_every_part_of_a_failure() -> None:
    failure = failing(assert_that, {"password": "abcdefgh", "who": "ada@example.com"}, has_entries(password="x", who="y"), "it")
    assert "abcdefgh" not in str(failure)
    assert "ada@example.com" not in str(failure)
