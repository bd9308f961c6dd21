"""What an error's words say was expected and seen."""

import pytest
from hamcrest import assert_that, equal_to, has_length

from reports.html.expectation import expectation_of
from support.results.scenario_result import Failure
from support.waiting import NeverHappened, Timeline


def failure(error: BaseException) -> Failure:
    return Failure(f"ASSERT FAILED: {error}", type(error).__name__, str(error))


def raised(value: object, matcher: object, reason: str = "") -> Failure:
    with pytest.raises(AssertionError) as caught:
        assert_that(value, matcher, reason)  # type: ignore[arg-type]
    return failure(caught.value)


def test_a_comparison_has_both_sides() -> None:
    found = expectation_of(raised("Pending", equal_to("Online"), "the environment's status"))
    assert (found.said, found.expected, found.seen) == ("The environment's status: not as expected.", "'Online'", "'Pending'")


def test_a_number_loses_hamcrests_brackets() -> None:
    found = expectation_of(raised(3, equal_to(2)))
    assert (found.expected, found.seen) == ("2", "3")


def test_what_has_parts_is_set_side_by_side_part_by_part() -> None:
    found = expectation_of(raised({"rows": 99, "team": "a"}, equal_to({"rows": 100, "score": 1})))
    assert found.rows == [("rows", "100", "99"), ("score", "1", "nothing"), ("team", "nothing", "'a'")]
    assert expectation_of(raised([1, 2], equal_to([1, 3]))).rows == [("1", "1", "1"), ("2", "3", "2")]


def test_other_matchers_keep_their_words() -> None:
    found = expectation_of(raised([1], has_length(2)))
    assert (found.expected, found.seen, found.rows) == ("an object with length of <2>", "<[1]> with length of <1>", [])


def test_a_wait_says_what_it_saw_and_for_how_long() -> None:
    timeline: Timeline[str] = Timeline("the leaderboard", "'first'")
    timeline.saw("second")
    timeline.saw("third")
    found = expectation_of(failure(NeverHappened(timeline)))
    assert found.said == "Waited 0.0 s for the leaderboard."
    assert (found.expected, found.seen) == ("'first'", "'third'")
    assert [value for _, _, value in found.sightings] == ["'second'", "'third'"]


def test_a_wait_that_saw_nothing_says_so() -> None:
    assert expectation_of(failure(NeverHappened(Timeline("the mail", "a mail")))).seen == "nothing was ever seen"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("the weights differ by up to 0.072", "The weights differ by up to 0.072"),
        ("mariadb was not ready after 30 s\nIts logs are in out/logs", "Mariadb was not ready after 30 s. Its logs are in out/logs"),
        ("the order is gone:\nit was 7", "The order is gone: it was 7"),
        ("averaged: the bias differs", "Averaged: the bias differs"),
        ("x2y is no word", "x2y is no word"),
        ("KeyError: 'x'", "KeyError: 'x'"),
        ("[Errno 111] Connection refused", "Connection refused"),
    ],
)
def test_plain_words_are_told_as_sentences(words: str, said: str) -> None:
    found = expectation_of(failure(ValueError(words)))
    assert (found.said, found.expected) == (said, "")


def test_an_error_of_one_word_is_told_with_its_kind() -> None:
    assert expectation_of(failure(KeyError("id"))).said == "KeyError: 'id'"


def test_without_words_the_last_line_of_the_message_speaks() -> None:
    assert expectation_of(Failure("Traceback:\n  line\nKeyError: 'x'\n", "KeyError", "")).said == "KeyError: 'x'"
