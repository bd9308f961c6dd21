"""The processes that workers are forked from: one for the run, and one for each feature or rule whose hooks ran there.

They do nothing but that, so that a fork finds them at rest: no thread is in the middle of anything.
"""

import os
import selectors
import signal
import socket
import sys
import time
import traceback

from behave.model_type import Status
from behave.runner import Runner

from support.runner.family import OutputFile, fork
from support.runner.plan import Container, Home, Plan
from support.runner.wire import Channel, Message
from support.runner.worker import RecordingContext, Worker, new_deaths, open_layer


class Host:
    """Runs the hooks of its home, forks what it is asked to fork, and tells how its children ended."""

    def __init__(self, runner: Runner, plan: Plan, home: Home, channel: Channel, output: int) -> None:
        self._runner = runner
        self._context: RecordingContext = runner.context
        self._plan = plan
        self._home = home
        self._channel = channel
        self._output = OutputFile(output)
        self._children: dict[int, int] = {}
        self._in_hooks = False
        self._awake, self._alarm = socket.socketpair()
        already = len(home.parent.containers) if home.parent else 0
        self._own = home.containers[already:]

    def serve(self) -> None:
        """Open the home, fork until told to close, close it."""
        self._context.forget_cleanups()
        signal.signal(signal.SIGINT, self._stop)
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
                self._tell_of_the_dead()
        self._run_hooks("after")

    def _do(self, failed: bool) -> bool:
        """Do what the runner asks for; tells whether that was to close."""
        message, descriptors = self._channel.receive_with_descriptors(3)
        if message[0] == "close":
            for index, status in message[1]:
                self._plan.tasks[index].scenario.set_status(Status(status))
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
                Worker(self._runner, self._plan, len(self._home.containers), number, channel, output, journal).serve()
            else:
                Host(self._runner, self._plan, self._plan.homes[number], channel, output).serve()

        pid = fork(name, output, run)
        self._children[pid] = token
        self._channel.send("forked", token, pid)

    def _listen_for_children(self) -> None:
        self._awake.setblocking(False)
        self._alarm.setblocking(False)
        signal.set_wakeup_fd(self._alarm.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)

    def _tell_of_the_dead(self) -> None:
        for pid in list(self._children):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                self._channel.send("ended", self._children.pop(pid), os.waitstatus_to_exitcode(status))

    def _run_hooks(self, when: str) -> bool:
        """Run what the user has before, or after, the home's own feature or rule; tells how it went."""
        began = time.monotonic()
        self._in_hooks = True
        hooked = False
        for container in self._own if when == "before" else reversed(self._own):
            try:
                if when == "before":
                    self._open(container)
                else:
                    self._close(container)
            except (Exception, KeyboardInterrupt):
                container.hook_failed = True
                container.error_message = "\n".join(filter(None, [container.error_message, traceback.format_exc()]))
            hooked = hooked or container.hook_failed
        self._in_hooks = False
        problems = [str(container.error_message) for container in self._own if container.hook_failed and container.error_message]
        problems += self._context.take_cleanup_problems()
        sys.stdout.flush()
        self._channel.send(when, problems, self._output.take(), time.monotonic() - began, new_deaths(self._context))
        for container in self._own:
            container.hook_failed, container.error_message = False, None
        return hooked

    def _open(self, container: Container) -> None:
        container.clear_status()
        self._runner.libraries.use_for(self._home.containers[0].filename)
        open_layer(self._context, container)
        self._runner.run_hook_tags_with_capture("before_tag", container.tags, capture_sink=container.capture_sink)
        self._runner.run_hook_with_capture(f"before_{container.type}", container, capture_sink=container.capture_sink)

    def _close(self, container: Container) -> None:
        container.clear_status()
        self._runner.run_hook_with_capture(f"after_{container.type}", container, capture_sink=container.capture_sink)
        self._runner.run_hook_tags_with_capture("after_tag", container.tags, capture_sink=container.capture_sink)
        try:
            self._context._pop(capture_sink=container.capture_sink)
        except Exception as error:
            # told with the rest; behave's own text for it is kept
            self._context._cleanup_problems = self._context.take_cleanup_problems(error)

    def _stop(self, _number: int, _frame: object) -> None:
        if self._in_hooks:
            raise KeyboardInterrupt
