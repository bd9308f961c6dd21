"""Which errors come from what is around a command, and what is said of them."""

import errno

import pytest

from support.system_errors import sentence_of


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "no room left at /full"),
        (errno.EDQUOT, "may write no more at /full"),
        (errno.EROFS, "nothing can be written at /full"),
        (errno.EACCES, "may not do that at /full"),
        (errno.EMFILE, "ulimit -n"),
        (errno.EAGAIN, "ulimit -u"),
        (errno.ENOMEM, "too little memory"),
    ],
)
def test_each_has_a_sentence_that_says_what_to_do(number: int, words: str) -> None:
    assert words in str(sentence_of(OSError(number, "?", "/full")))


def test_the_cause_of_an_error_counts() -> None:
    error = ValueError("cannot be kept")
    error.__cause__ = OSError(errno.ENOSPC, "?")
    assert "no room left" in str(sentence_of(error))


def test_too_many_threads_are_told_like_too_many_processes() -> None:
    assert "ulimit -u" in str(sentence_of(RuntimeError("can't start new thread")))


def test_a_user_without_a_home_is_told_what_to_set() -> None:
    assert "set HOME" in str(sentence_of(RuntimeError("Could not determine home directory.")))


@pytest.mark.parametrize("error", [ValueError("x"), FileNotFoundError(errno.ENOENT, "?", "/gone"), RuntimeError("x"), ZeroDivisionError()])
def test_a_defect_has_none(error: Exception) -> None:
    assert sentence_of(error) is None
