"""A worker's journal: what it says is there as a whole, or an error."""

import resource

import pytest

from support.runner.workers.wire import Journal


def test_a_message_that_is_cut_short_is_an_error_for_its_writer() -> None:
    journal = Journal()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
    try:
        with pytest.raises(OSError, match="too large"):
            journal.write("end", "x" * 200)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert journal.read() == []
    journal.close()
