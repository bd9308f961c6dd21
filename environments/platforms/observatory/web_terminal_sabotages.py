"""Defects of the terminal server that can be switched on, to prove that scenarios notice them. Source: our choice."""

import os

from environments.platform import SABOTAGE_VARIABLE, Sabotage

TOKEN_STAYS_GOOD = Sabotage(
    "terminal-token-stays-good",
    "the token that somebody came back with is good once more",
    "a token is read in a proxy's log a day later, and a stranger sits in somebody's terminal",
)
TOKEN_NEVER_EXPIRES = Sabotage(
    "terminal-token-never-expires",
    "a token is good however old it is",
    "the lifetime is kept and never compared, and a laptop that was sold opens the terminal of its former owner",
)
NO_TOKEN_TO_COME_BACK = Sabotage(
    "terminal-no-bearer-to-come-back",
    "who comes back to a session is not asked for the bearer token",
    "a short cut for reconnects skips the check, and a session outlives the rights of who began it",
)
TOKEN_LOGGED = Sabotage(
    "terminal-bearer-logged",
    "the bearer token is written into the log",
    "a line for debugging stays in, and everybody who reads logs can get into every terminal",
)
CAP_FORGETS_LEAVERS = Sabotage(
    "terminal-cap-forgets-leavers",
    "sessions that wait for their owner are not counted",
    "a page that reloads itself starts a program each time, until the machine has no memory left",
)
TOTAL_CAP_OFF = Sabotage(
    "terminal-total-cap-off",
    "only the sessions of one address are limited, not all together",
    "a limit is read and never used, and visitors from many places bring the server down",
)
ENTER_GETS_THROUGH = Sabotage(
    "terminal-read-only-lets-enter-through",
    "in read-only mode Enter reaches the program",
    "what somebody else began to type is sent by a visitor who was to look only",
)
REPLAY_LOST = Sabotage(
    "terminal-replay-lost",
    "who comes back sees nothing of what was written meanwhile",
    "a reload of the page leaves a black window, and people start their task once more",
)
REPLAY_FROM_THE_BEGINNING = Sabotage(
    "terminal-replay-from-the-beginning",
    "who comes back is told everything once more, also what they have seen",
    "each lost connection doubles what stands in the terminal",
)
SESSIONS_SHARE_SCREEN = Sabotage(
    "terminal-sessions-share-screen",
    "what one terminal writes is told to all",
    "a buffer is shared by mistake, and one visitor reads what another one types",
)
SIZE_IGNORED = Sabotage(
    "terminal-size-ignored",
    "the program is not told how large the window is",
    "long lines are broken at column 80 in every window, and tables cannot be read",
)
TEST_MODE_IGNORED = Sabotage(
    "terminal-test-mode-ignored",
    "a failure that a test asks for is not made",
    "the tests of the fallback page go on for months without the fallback page ever being shown",
)
LEAVERS_COUNTED_AS_CONNECTED = Sabotage(
    "terminal-leavers-counted-as-connected",
    "the metrics count who has left as connected",
    "the alert about lost connections never fires",
)
PAGE_NEEDS_NETWORK = Sabotage(
    "terminal-page-needs-network",
    "the page loads a script from somebody else's server",
    "where the network is closed, or that server is down, the terminal stays empty",
)
IDLE_FOR_EVER = Sabotage(
    "terminal-idle-for-ever",
    "sessions in which nothing happens are never ended",
    "open tabs that everybody has forgotten keep their programs running, until nobody new gets a session",
)
END_NOT_TOLD = Sabotage(
    "terminal-end-not-told",
    "whose program has ended is not told, and stays connected",
    "people type into a window behind which nothing is",
)
FAILED_START_COUNTED = Sabotage(
    "terminal-failed-start-counted",
    "a session whose program could not be started stays counted",
    "a missing program uses up all sessions, and once it is there again nobody gets in",
)
SABOTAGES = tuple(found for found in list(globals().values()) if isinstance(found, Sabotage))


def is_on(sabotage: Sabotage) -> bool:
    """Whether this defect is switched on."""
    return os.environ.get(SABOTAGE_VARIABLE) == sabotage.name
