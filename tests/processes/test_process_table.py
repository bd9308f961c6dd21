"""What the kernel says of one process."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from hamcrest import equal_to, greater_than

from environments.processes.process_table import all_rows, row_of, seconds_waited
from environments.processes.variables import basic_environment
from support.waiting import eventually

NAMED = "from environments.processes.kernel import name_this_process; name_this_process('a) Z (b'); import time; time.sleep(100)"


def test_a_process_is_told_with_its_start_as_psutil_has_it() -> None:
    row = row_of(os.getpid())
    assert row is not None
    assert row.seconds_from_boot == pytest.approx(psutil.Process().create_time() - psutil.boot_time(), abs=0.005)
    assert row.seconds_from_boot < time.monotonic()


def test_a_name_may_hold_what_it_likes_and_the_state_is_told() -> None:
    process = subprocess.Popen([sys.executable, "-c", NAMED], env=basic_environment())
    try:
        eventually("it to have its name", lambda: Path(f"/proc/{process.pid}/comm").read_text(), equal_to("a) Z (b\n"), within=5)
        process.send_signal(signal.SIGSTOP)
        eventually("it to be stopped", lambda: getattr(row_of(process.pid), "state", None), equal_to("T"), within=5)
        process.kill()
        eventually("only its remains to be left", lambda: getattr(row_of(process.pid), "state", None), equal_to("Z"), within=5)
    finally:
        process.kill()
        process.wait()
    assert row_of(process.pid) is None


def test_whose_a_process_is_and_what_it_began_with_is_told() -> None:
    marked = basic_environment() | {"A_MARK": "of a run"}
    process = subprocess.Popen([sys.executable, "-c", NAMED], env=marked, start_new_session=True)
    try:
        eventually("it to have its name", lambda: Path(f"/proc/{process.pid}/comm").read_text(), equal_to("a) Z (b\n"), within=5)
        [row] = [row for row in all_rows() if row.pid == process.pid]
        assert (row.parent, row.group, row.session) == (os.getpid(), process.pid, process.pid)
        assert row.carries("A_MARK", "of a run")
        assert not row.carries("A_MARK", "of a")
        assert not row.carries("MARK", "of a run")
    finally:
        process.kill()
        process.wait()
    assert not row.carries("A_MARK", "of a run")


def test_every_process_that_psutil_knows_for_a_while_is_among_all() -> None:
    before = set(psutil.pids())
    found = {row.pid for row in all_rows()}
    assert before & set(psutil.pids()) <= found


def test_two_that_want_the_same_processor_wait_for_it_and_one_that_sleeps_does_not() -> None:
    one_processor = f"import os; os.sched_setaffinity(0, [{min(os.sched_getaffinity(0))}])"
    programs = [f"{one_processor}\nwhile True: pass", f"{one_processor}\nwhile True: pass", NAMED]
    processes = [subprocess.Popen([sys.executable, "-c", each], env=basic_environment(), start_new_session=True) for each in programs]
    try:
        for each in processes[:2]:
            eventually("a busy one to have waited", lambda each=each: seconds_waited(each.pid), greater_than(0.5), within=20)
        asleep = seconds_waited(processes[2].pid)
        eventually("a busy one to wait on", lambda: seconds_waited(processes[0].pid), greater_than(1.0), within=20)
        assert seconds_waited(processes[2].pid) - asleep < 0.1
    finally:
        for each in processes:
            each.kill()
            each.wait()
    assert seconds_waited(processes[0].pid) == 0.0
