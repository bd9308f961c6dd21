"""The processes that workers are forked from: one for the run, and one for each feature or rule whose hooks ran there.

They do nothing but that, so that a fork finds them at rest: no thread is in the middle of anything.
"""

import os
import selectors
import signal
import socket
import sys
import time

from support.results.scenario_result import Status
from support.results.texts import presentable
from support.runner.behave_adapter.model import set_status
from support.runner.behave_adapter.runner import Container
from support.runner.planning.plan import ForkPoint, ForkRun
from support.runner.session import take_deaths
from support.runner.stopping import RunStopped
from support.runner.workers.forking import OutputFile, fork
from support.runner.workers.interrupts import OVER_BUDGET, BudgetExceeded
from support.runner.workers.wire import Channel, Message
from support.runner.workers.worker import Worker


class ForkHost:
    """Runs the hooks of its fork point, forks what it is asked to fork, and reports how its children ended."""

    def __init__(self, run: ForkRun, fork_point: ForkPoint, channel: Channel, output: int) -> None:
        self._run = run
        self._behave = run.behave
        self._fork_point = fork_point
        self._channel = channel
        self._output = OutputFile(output)
        self._children: dict[int, int] = {}
        self._in_hooks = False
        self._awake, self._alarm = socket.socketpair()

    def serve(self) -> None:
        """Open the fork point, fork until told to close, close it."""
        self._behave.context.forget_cleanups()
        signal.signal(signal.SIGINT, self._stop)
        signal.signal(OVER_BUDGET, self._exceeded)
        failed = self._run_hooks("before")
        self._listen_for_children()
        with selectors.DefaultSelector() as selector:
            selector.register(self._channel, selectors.EVENT_READ)
            selector.register(self._awake, selectors.EVENT_READ)
            closing = False
            while not closing:
                for key, _ in selector.select():
                    if key.fileobj is self._channel:
                        closing = self._do(failed)
                    else:
                        self._awake.recv(4096)
                self._report_the_dead()
            self._run_hooks("after")
            selector.unregister(self._channel)
            while self._children:
                # they would die with this process, and have cleanups left
                selector.select()
                self._awake.recv(4096)
                self._report_the_dead()

    def _do(self, failed: bool) -> bool:
        """Do what the runner asks for; returns whether that was to close."""
        message, descriptors = self._channel.receive_with_descriptors(3)
        if message[0] == "close":
            for index, status in message[1]:
                set_status(self._run.plan.tasks[index].scenario, Status(status))
            return True
        if not failed:
            self._fork(message, *descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        return False

    def _fork(self, message: Message, end: int, output: int, journal: int = -1) -> None:
        kind, token, number, name = message

        def run() -> None:
            self._channel.close()
            for each in (self._awake, self._alarm):
                each.close()
            channel = Channel(socket.socket(fileno=end))
            if kind == "worker":
                Worker(self._run, len(self._fork_point.containers), number, channel, output, journal).serve()
            else:
                ForkHost(self._run, self._run.plan.fork_points[number], channel, output).serve()

        pid = fork(name, output, run)
        self._children[pid] = token
        self._channel.send("forked", token, pid)

    def _listen_for_children(self) -> None:
        self._awake.setblocking(False)
        self._alarm.setblocking(False)
        signal.set_wakeup_fd(self._alarm.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)

    def _report_the_dead(self) -> None:
        for pid in list(self._children):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                self._channel.send("ended", self._children.pop(pid), os.waitstatus_to_exitcode(status))

    def _run_hooks(self, when: str) -> bool:
        """Run what the user has before, or after, the fork point's own feature or rule; returns whether it failed."""
        began = time.monotonic()
        context = self._behave.context
        self._in_hooks = True
        if when == "before":
            found = [self._open(container) for container in self._fork_point.own]
        else:
            found = [self._behave.close(container) for container in reversed(self._fork_point.own)]
        self._in_hooks = False
        hooks = [problem for problem in found if problem]
        problems = [presentable(problem) for problem in (*hooks, *context.take_cleanup_problems())]
        aborted = presentable(context.take_abort())
        sys.stdout.flush()
        self._channel.send(when, problems, presentable(self._output.take()), time.monotonic() - began, take_deaths(), aborted)
        return bool(hooks)

    def _open(self, container: Container) -> str | None:
        self._behave.libraries.use_for(self._fork_point.containers[0].filename)
        return self._behave.open(container)

    def _stop(self, _number: int, _frame: object) -> None:
        if self._in_hooks:
            raise RunStopped("the run was stopped")

    def _exceeded(self, _number: int, _frame: object) -> None:
        if self._in_hooks:
            raise BudgetExceeded("it did not end within the time that the run still had")
