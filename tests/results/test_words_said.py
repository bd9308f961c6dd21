"""Texts that have to hold the words which were expected of them."""

import pytest

from support.results.comparison import Differs, assert_words_said


def test_texts_that_hold_their_words_pass() -> None:
    assert_words_said("answers", [("first", "is late", "it is late today"), ("second", "", "anything")])


def test_all_that_lack_their_words_are_told_beside_those_that_hold_them() -> None:
    with pytest.raises(Differs, match="answers: second: expected is late, seen it is early") as raised:
        assert_words_said("answers", [("first", "is late", "it is late"), ("second", "is late", "it is early")])
    assert [row.differing for row in raised.value.comparison.rows] == [(), (0,)]
