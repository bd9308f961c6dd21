"""The terminal server's parts: what is kept for replays, who gets in, who gets back in, and what a terminal hands on."""

import asyncio
import time

import pytest

from environments.platform import SABOTAGE_VARIABLE
from environments.platforms.observatory import web_terminal_sabotages as sabotages
from environments.platforms.observatory.pseudo_terminal import dashboard
from environments.platforms.observatory.pseudo_terminal.read_only import Notices, blocked_by
from environments.platforms.observatory.pseudo_terminal.ring import Ring
from environments.platforms.observatory.pseudo_terminal.terminal import Terminal
from environments.platforms.observatory.web_terminal.sessions import Refused, Session, Sessions
from environments.platforms.observatory.web_terminal.settings import Settings

SETTINGS = {"pty_ws_port": 1, "pty_metrics_port": 2}


def _sessions(**changed: object) -> Sessions:
    return Sessions(Settings(**{**SETTINGS, **changed}))  # type: ignore[arg-type]


def test_the_oldest_frames_go_first_and_are_counted() -> None:
    ring = Ring(most_bytes=6, most_frames=10)
    for text in ("abc", "def", "gh"):
        ring.add(text)
    assert (ring.after(0), ring.dropped, ring.bytes, ring.last) == ([(2, "def"), (3, "gh")], 1, 5, 3)
    assert (ring.missing_after(0), ring.missing_after(1), ring.missing_after(3)) == (1, 0, 0)


def test_frames_are_limited_too_and_one_that_is_too_large_is_kept_alone() -> None:
    ring = Ring(most_bytes=4, most_frames=2)
    for text in ("a", "b", "c"):
        ring.add(text)
    assert ring.after(0) == [(2, "b"), (3, "c")]
    ring.add("far too large")
    assert ring.after(0) == [(4, "far too large")]


def test_whoever_has_seen_all_gets_nothing_again() -> None:
    ring = Ring(100, 100)
    assert (ring.after(0), ring.missing_after(0)) == ([], 0)
    ring.add("a")
    assert ring.after(1) == []


def _left(sessions: Sessions, address: str = "a") -> Session:
    session = sessions.new(address)
    sessions.leave(session)
    return session


def test_a_token_is_good_once() -> None:
    sessions = _sessions()
    session = _left(sessions)
    token = session.token
    assert sessions.come_back(session.identity, token, "a") is session
    sessions.leave(session)
    with pytest.raises(Refused, match="Invalid reconnect token"):
        sessions.come_back(session.identity, token, "a")
    assert sessions.come_back(session.identity, session.token, "a") is session


@pytest.mark.parametrize("wrong", ["token", "identity", "address", "connected", "age"])
def test_nobody_else_gets_back_in_and_all_are_told_the_same(wrong: str) -> None:
    sessions = _sessions(pty_token_ttl_secs=10.0)
    session = _left(sessions)
    if wrong == "connected":
        session.left = None
    if wrong == "age":
        session.issued = time.monotonic() - 11
    given = {"identity": session.identity, "token": session.token, "address": "a"} | (
        {wrong: "x"} if wrong in "token identity address" else {}
    )
    with pytest.raises(Refused, match="^Invalid reconnect token$") as refused:
        sessions.come_back(**given)
    assert refused.value.code == "INVALID_TOKEN"


def test_both_limits_count_those_who_left() -> None:
    sessions = _sessions(pty_per_ip_cap=2, pty_global_cap=3)
    _left(sessions)
    sessions.new("a")
    with pytest.raises(Refused, match="per IP"):
        sessions.new("a")
    sessions.new("b")
    with pytest.raises(Refused, match="Maximum session limit") as refused:
        sessions.new("c")
    assert refused.value.code == "GLOBAL_CAP"


def test_who_stays_away_too_long_or_does_nothing_is_ended() -> None:
    sessions = _sessions(pty_disconnect_grace_secs=10.0, pty_idle_timeout_secs=20.0)
    away, idle, fine = _left(sessions), sessions.new("a"), sessions.new("a")
    away.left = time.monotonic() - 11
    idle.seen = time.monotonic() - 21
    sessions.end_the_forgotten()
    assert list(sessions.all.values()) == [fine]
    assert (away.over, idle.over) == (True, True)


def test_a_notice_is_not_repeated_at_once() -> None:
    notices = Notices()
    actions = ("Task creation", "Task creation", "Cluster launch")
    assert [notices.is_due(action) for action in actions] == [True, False, True]


def test_what_changes_something_is_blocked_in_either_case() -> None:
    assert [blocked_by(typed) for typed in ("N", "l", "\r", "r")] == ["Task creation", "Cluster launch", "This action", None]


@pytest.mark.parametrize("mode", ["fail", "delay:250", ""])
def test_known_test_modes_are_taken(mode: str) -> None:
    assert Settings(**SETTINGS, pty_test_mode=mode).pty_test_mode == mode  # type: ignore[arg-type]


def test_an_unknown_test_mode_is_refused() -> None:
    with pytest.raises(ValueError, match="fail, or delay"):
        Settings(**SETTINGS, pty_test_mode="sometimes")  # type: ignore[arg-type]


def test_a_terminal_hands_on_whole_characters_its_size_and_its_end() -> None:
    written: list[str] = []

    async def run() -> None:
        over = asyncio.Event()

        def wrote(text: str) -> None:
            written.append(text)
            # only now that half of a character was read
            if "half:" in text:
                terminal.type("on\r")

        terminal = Terminal(wrote, over.set)
        # echo would come in between
        script = "stty -echo; printf 'half:\\303'; read line; printf '\\251'; stty size"
        await terminal.start(["sh", "-c", script], {"PATH": "/usr/bin:/bin"})
        terminal.resize(132, 43)
        await asyncio.wait_for(over.wait(), 20)

    asyncio.run(run())
    assert "".join(written) == "half:\N{LATIN SMALL LETTER E WITH ACUTE}43 132\r\n"


def test_each_sabotage_has_a_name_and_an_incident_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len({found.name for found in sabotages.SABOTAGES}) == len(sabotages.SABOTAGES) >= 14
    monkeypatch.setenv(SABOTAGE_VARIABLE, sabotages.REPLAY_LOST.name)
    assert [found for found in sabotages.SABOTAGES if sabotages.is_on(found)] == [sabotages.REPLAY_LOST]


def test_r_looks_at_the_figures_again_and_within_a_task_is_a_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dashboard, "asked", lambda _url: {"totalJobs": 3})
    screen = dashboard.Dashboard()
    assert screen.take("nr")
    assert (screen.typed, screen.stats) == ("r", None)
    screen.take("\x1b")
    assert screen.take("r")
    assert screen.stats == {"totalJobs": 3}
