"""Serves the page of a run that tells of itself on standard input; ends when nothing more can come."""

import json
import os
import secrets
import sys
from contextlib import suppress
from threading import Thread

from reports.live.following import AGAIN, LEFT, STAYS
from reports.live.server import PageServer
from reports.live.state import LiveState

LAST_WORDS_SECONDS = 5.0


def main() -> None:
    """Serve until the run's end, and until every page knows of it."""
    state = LiveState()
    server = PageServer(state, secrets.token_urlsafe(24), lambda: say(AGAIN))
    Thread(target=server.serve_forever, daemon=True).start()
    say(server.address)
    Thread(target=tell_when_left, args=[state], daemon=True).start()
    for line in sys.stdin:
        state.take(json.loads(line))
    state.end()
    state.wait_until_told(LAST_WORDS_SECONDS)
    # threads that still write to a page that does not read end here
    os._exit(0)


def tell_when_left(state: LiveState) -> None:
    """Tell the run whether its page stays when it is over, and when nobody needs it any more."""
    if state.stays():
        say(STAYS)
    state.wait_until_left()
    say(LEFT)


def say(words: str) -> None:
    """A line for the run; it may be gone."""
    with suppress(OSError):
        sys.stdout.write(f"{words}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
