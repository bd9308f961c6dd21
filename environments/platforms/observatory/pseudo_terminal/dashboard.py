#!/usr/bin/env python3
"""What runs in the terminal: the observatory's figures, and a line for a new task. N begins one, R looks again, Q ends it."""

import json
import os
import select
import shutil
import signal
import sys
import termios
import tty
import uuid
from datetime import UTC, datetime
from urllib.error import URLError
from urllib.request import ProxyHandler, Request, build_opener

LOOK_AGAIN_SECONDS = 2.0
ANSWER_SECONDS = 2.0
ESCAPE = "\x1b"
# straight to the services, whatever proxy is set
opener = build_opener(ProxyHandler({}))


def asked(url: str, body: object = None) -> dict[str, object] | None:
    """What a service answers; None when it does not."""
    data = None if body is None else json.dumps(body).encode()
    try:
        with opener.open(Request(url, data, {"Content-Type": "application/json"}), timeout=ANSWER_SECONDS) as answer:  # noqa: S310 - the platform's own
            found: dict[str, object] = json.load(answer)
            return found
    except (URLError, OSError, ValueError):
        return None


class Dashboard:
    """The screen, and what was typed into it."""

    def __init__(self) -> None:
        self.stats: dict[str, object] | None = None
        self.typed: str | None = None
        self.told = ""

    def look(self) -> bool:
        """Ask for the figures; whether they are others than before."""
        before, self.stats = self.stats, asked(f"{os.environ.get('READ_MODEL_URL', '')}/stats")
        return before != self.stats

    def draw(self) -> None:
        """Write the whole screen."""
        size = shutil.get_terminal_size()
        figures = {name: "-" if self.stats is None else self.stats.get(name, "-") for name in ("totalJobs", "completedJobs", "failedJobs")}
        lines = [
            "\x1b[1;36mDistributed Task Observatory\x1b[0m",
            "\u2500" * size.columns,
            f"Total \x1b[33m{figures['totalJobs']}\x1b[0m  "
            f"Completed \x1b[32m{figures['completedJobs']}\x1b[0m  Failed \x1b[31m{figures['failedJobs']}\x1b[0m",
            "N new task, R refresh, Q quit",
            self.told if self.typed is None else f"New task: {self.typed}",
        ]
        sys.stdout.write("\x1b[2J\x1b[H" + "\r\n".join(lines))
        sys.stdout.flush()

    def take(self, keys: str) -> bool:
        """Do what was typed; False: it is over."""
        if keys.startswith(ESCAPE):
            self.typed = None
            return True
        for key in keys:
            if self.typed is not None:
                self._edit(key)
            elif key in "qQ":
                return False
            elif key in "nN":
                self.typed, self.told = "", ""
            elif key in "rR":
                self.look()
        return True

    def _edit(self, key: str) -> None:
        typed = self.typed or ""
        if key in "\r\n":
            self.typed, self.told = None, _submitted(typed)
        elif key in "\x7f\b":
            self.typed = typed[:-1]
        elif key.isprintable():
            self.typed = (typed + key)[:50]


def _submitted(kind: str) -> str:
    job = {"id": str(uuid.uuid4()), "type": kind, "status": "PENDING", "createdAt": datetime.now(UTC).isoformat().replace("+00:00", "Z")}
    answer = asked(f"{os.environ.get('GATEWAY_URL', '')}/jobs", job)
    return f"Submitted {answer['jobId']}" if answer and "jobId" in answer else "The gateway did not take the task"


def _told_of_sizes() -> int:
    """What can be read from whenever the window has another size: a handler that draws would come in the midst of a drawing."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    signal.signal(signal.SIGWINCH, lambda *_: None)
    return reading


def main() -> None:
    """Run until somebody quits."""
    before = termios.tcgetattr(0)
    tty.setraw(0)
    dashboard = Dashboard()
    resized = _told_of_sizes()
    try:
        dashboard.draw()
        dashboard.look()
        dashboard.draw()
        while True:
            ready = select.select([0, resized], [], [], LOOK_AGAIN_SECONDS)[0]
            if resized in ready:
                os.read(resized, 1024)
                dashboard.draw()
            elif not ready and dashboard.look():
                dashboard.draw()
            if 0 not in ready:
                continue
            keys = os.read(0, 1024).decode(errors="replace")
            if not keys or not dashboard.take(keys):
                return
            dashboard.draw()
    finally:
        termios.tcsetattr(0, termios.TCSADRAIN, before)


if __name__ == "__main__":
    main()
