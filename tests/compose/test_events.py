"""What Docker tells of containers gets into errors and evidence."""

import time

from environments.compose.substrate import ComposeSubstrate
from environments.services import Group
from support.waiting import eventually
from tests.compose.platform import GREEDY


def test_a_service_that_runs_out_of_memory_is_told_with_what_it_may_use(running: ComposeSubstrate) -> None:
    added = running.add_group(Group("memory", (GREEDY,)))
    added.start()
    (death,) = eventually("its end", running.deaths, lambda deaths: len(deaths) == 1)
    assert death.startswith("greedy-memory died with signal 9, out of memory: it may use 64 MiB")
    added.remove()


def test_what_happened_to_services_is_told_in_order(running: ComposeSubstrate) -> None:
    began = time.time()
    faults = running.faults("bus")
    faults.pause()
    faults.resume()
    faults.kill()
    faults.start()
    told = [line.split(" ", 1)[1] for line in running.events(began) if " bus: " in line]
    assert told[:2] == ["bus: pause", "bus: unpause"]
    assert [line for line in told if line.startswith("bus: die")] == ["bus: die exitCode=137"]
    assert told[-1] == "bus: start"
    assert running.events(time.time() + 1) == []
