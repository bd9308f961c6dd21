"""Takes in what the processes of a pass say: how far scenarios are, what came of them, how hooks around them went."""

from collections.abc import Callable
from typing import Any

from support.runner.planning.plan import ForkPoint, Task, layer_of
from support.runner.pool.dispatcher import Dispatcher
from support.runner.pool.incidents import RunIncidents
from support.runner.pool.layers import Layers
from support.runner.pool.watchdog import Watchdog
from support.runner.workers.plain_results import result_of, step_of
from support.runner.workers.process_tree import ProcessHandle
from support.runner.workers.wire import Message
from support.runner.workers.worker import Aside


class MessageIntake:
    """Hears every message of the workers and fork hosts."""

    def __init__(
        self,
        dispatcher: Dispatcher,
        incidents: RunIncidents,
        watchdog: Watchdog,
        fail_all_in: Callable[[ForkPoint, str], None],
        layers: Layers,
    ) -> None:
        """`fail_all_in` is called with a fork point whose hooks failed, and why."""
        self._dispatcher = dispatcher
        self._incidents = incidents
        self._watchdog = watchdog
        self._fail_all_in = fail_all_in
        self._layers = layers

    def heard(self, handle: ProcessHandle, message: Message) -> None:
        """A process says something of its work."""
        kind, *values = message
        if not handle.is_worker:
            self._of_host(handle, kind, *values)
        elif kind == "bye":
            handle.said_good_bye = True
            self._incidents.note(handle.fork_point, values[0], values[1])
        elif kind == "cleaned":
            self._layers.cleaned(handle, *values)
        elif handle.task is not None:
            self._of_worker(handle, handle.task, kind, *values)

    def _of_worker(self, worker: ProcessHandle, task: Task, kind: str, value: Any) -> None:  # noqa: ANN401 - each kind has its own
        if kind == "step":
            task.steps_begun += 1
            task.step_began_at = value
        elif kind == "result":
            task.steps_done.append(step_of(value))
        elif kind == "waits":
            task.waits_for = value
        elif kind == "begin":
            task.worker, task.begun, task.began_at = worker.number, True, value
            self._watchdog.begins(task)
        elif kind == "evidence":
            task.evidence = value
        elif kind == "again":
            plain_aside, failed, now = value
            self._take_in(worker, task, Aside(*plain_aside))
            task.begin_again(failed, now)
        elif kind == "end":
            plain, plain_aside = value
            result, aside = result_of(plain, task.steps_done), Aside(*plain_aside)
            self._take_in(worker, task, aside)
            task.over_budget, task.interrupted, task.written = aside.over_budget, aside.interrupted, True
            task.steps_done = list(result.steps)
            self._dispatcher.finish(worker, task, result)

    def _take_in(self, worker: ProcessHandle, task: Task, aside: Aside) -> None:
        worker.left |= {layer_of(task, depth) for depth in aside.left_for}
        self._incidents.take_in(aside)
        self._obey(aside.aborted)

    def _of_host(
        self, host: ProcessHandle, kind: str, problems: list[str], output: str, seconds: float, deaths: tuple[str, ...], aborted: str
    ) -> None:
        self._incidents.hook_seconds += seconds
        self._incidents.take_in(Aside(deaths=deaths, aborted=aborted))
        host.is_idle()
        host.closed = kind == "after"
        self._incidents.note(host.fork_point, [] if kind == "before" else problems, output)
        if kind == "before":
            host.ready, host.failed = not problems, bool(problems)
            if problems:
                self._fail_all_in(host.fork_point, "\n".join(problems))
        self._obey(aborted)

    def _obey(self, aborted: str) -> None:
        if aborted:
            self._dispatcher.drop_waiting(f"the run was aborted: {aborted}")
