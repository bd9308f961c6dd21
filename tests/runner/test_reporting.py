"""What is over is shown while other scenarios run, and workers are looked after in between."""

import io
import itertools
import sys
from collections.abc import Iterator

import pytest

from support.runner.execution import _reported_a_while


def test_what_was_reported_can_be_seen_when_there_is_no_more_for_now(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(shown))

    def playing() -> Iterator[bool]:
        sys.stdout.write("a scenario is over\n")
        yield True
        yield False

    assert not _reported_a_while(playing())
    assert shown.getvalue() == b"a scenario is over\n"


def test_reporting_that_takes_long_is_interrupted_for_the_workers() -> None:
    assert _reported_a_while(itertools.repeat(True))
