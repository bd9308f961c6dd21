"""A killed run leaves nothing for longer than until the next command, whatever it was doing; see `tests.runs.kills` for 100 of them."""

import pytest

from tests.runs.kills import Kill, problems_of, some_kills

KILLS = some_kills(20, "of the default tests")


@pytest.mark.parametrize("kill", KILLS, ids=map(str, KILLS))
def test_nothing_is_left_after_the_next_command(kill: Kill) -> None:
    assert problems_of(kill) == []
