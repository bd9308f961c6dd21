"""The parts of a step."""

import pytest

from support.redaction import PSEUDONYM
from support.story import PartOutcome, Story


def test_a_part_that_ends_well_is_done_and_timed() -> None:
    story = Story()
    with story.part("signs up") as part:
        part.detail = "team 1"
    assert (story.parts[0].outcome, str(story.parts[0])) == (PartOutcome.DONE, "signs up: team 1")
    assert story.parts[0].seconds > 0


def test_a_part_that_raises_is_failed_and_the_error_goes_on() -> None:
    story = Story()
    with pytest.raises(ValueError, match="no"), story.part("logs in"):
        raise ValueError("no")
    assert str(story.parts[0]) == "logs in [failed]"


def test_a_part_that_was_left_out_says_why_and_is_not_done() -> None:
    story = Story()
    story.leave_out("cluster", "no k3d here")
    assert str(story.parts[0]) == "cluster [left out]: no k3d here"
    assert story.parts[0].outcome is not PartOutcome.DONE


def test_every_step_begins_with_no_parts() -> None:
    story = Story()
    story.tell("a fact")
    first = story.parts
    assert story.begin_step() == []
    assert [str(part) for part in first] == ["a fact"]


def test_parts_hold_no_secret() -> None:
    story = Story()
    with story.part("logs in with password=abcdefgh") as part:
        part.detail = "ada@example.com"
    assert PSEUDONYM.sub("X", str(story.parts[0])) == "logs in with password=<redacted>: X"
