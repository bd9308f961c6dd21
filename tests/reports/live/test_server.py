"""Who may see the live page, and what pages are told."""

import json
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from benchmarks.made_run import make_run
from reports.live.server import PageServer
from reports.live.state import LISTS, Known, LiveState
from support.results.run_record import RunRecord

Headers = dict[str, str]


@pytest.fixture
def state() -> LiveState:
    return LiveState()


@pytest.fixture
def clicks() -> list[str]:
    return []


@pytest.fixture
def server(state: LiveState, clicks: list[str]) -> Iterator[PageServer]:
    made = PageServer(state, "the-token", lambda: clicks.append("again"))
    thread = Thread(target=made.serve_forever)
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


def asked(server: PageServer, path: str, method: str = "GET", **headers: str) -> tuple[int, Headers, str]:
    """The status, the headers and the body; `Sec_Fetch_Site` stands for the header with hyphens."""
    connection = HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    given = {name.lower(): value for name, value in answer.headers.items()}
    # events do not end
    return answer.status, given, "" if given["content-type"].startswith("text/event-stream") else answer.read().decode()


def test_the_page_is_on_loopback_and_asks_for_nothing_elsewhere(server: PageServer) -> None:
    assert server.server_address[0] == "127.0.0.1"
    status, headers, text = asked(server, "/the-token/")
    assert status == 200
    assert "default-src 'none'" in text
    assert "connect-src 'self'" in text
    assert (headers["cache-control"], headers["referrer-policy"]) == ("no-store", "no-referrer")
    assert headers["content-security-policy"] == "frame-ancestors 'none'"


@pytest.mark.parametrize("path", ["/", "/another-token/", "/the-tokem/events", "/the-token/etc", "/the-token"])
def test_who_does_not_know_the_token_finds_nothing(server: PageServer, path: str) -> None:
    assert asked(server, path)[0] == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ],
)
@pytest.mark.parametrize("path", ["/the-token/", "/the-token/events", "/the-token/again"])
def test_other_hosts_and_origins_are_refused(server: PageServer, clicks: list[str], path: str, headers: Headers) -> None:
    method = "POST" if path.endswith("again") else "GET"
    status, given, text = asked(server, path, method, **headers)
    assert (status, text) == (403, "")
    assert "access-control-allow-origin" not in given
    assert clicks == []


def test_a_click_has_to_come_from_the_page_and_something_has_to_have_failed(
    server: PageServer, state: LiveState, clicks: list[str], tmp_path: Path
) -> None:
    origin = f"http://127.0.0.1:{server.server_port}"
    assert asked(server, "/the-token/again", "POST")[0] == 403
    assert asked(server, "/the-token/again", "POST", Origin=origin)[0] == 204
    assert clicks == []
    tell_of(state, make_run(tmp_path, 20), tmp_path, 20)
    asked(server, "/the-token/again", "POST", Origin=origin)
    # a second click asks for nothing more
    asked(server, "/the-token/again", "POST", Origin=origin)
    assert clicks == ["again"]
    assert asked(server, "/the-token/again", "GET")[0] == 404


def tell_of(state: LiveState, record: RunRecord, results: Path, count: int) -> None:
    """Tell of a run's beginning and its first scenarios."""
    state.take({"event": "run_begins", "run": record.run, "folder": str(results / record.run)})
    state.take({"event": "pass_begins", "planned": len(record.scenarios), "features": plain(record.features)})
    for result in record.scenarios[:count]:
        state.take({"event": "scenario_over", "scenario": plain(result)})


def plain(value: object) -> Any:  # noqa: ANN401 - as JSON has it
    return json.loads(json.dumps(value, default=vars))


def news(state: LiveState, known: Known) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(state.news(known, 0) or "null")
    return found


def test_a_page_is_told_only_what_it_does_not_know(state: LiveState, tmp_path: Path) -> None:
    record, known = make_run(tmp_path, 45), Known()
    tell_of(state, record, tmp_path, 40)
    first = news(state, known)
    assert (len(first["rest"]["scenarios"]), len(first["details"]), first["now"]["failed"]) == (40, 40, 2)
    assert first["head"]["verdict"]["verdict"] == "running"
    assert state.news(known, 0) is None
    state.take({"event": "scenario_over", "scenario": plain(record.scenarios[40])})
    second = news(state, known)
    assert second["head"] is None
    assert [row["name"] for row in second["rest"]["scenarios"]] == [record.scenarios[40].name]
    assert len(second["details"]) == 1
    assert second["rest"]["features"] == []
    # one that opens the page later is told all of it
    assert len(news(state, Known())["rest"]["scenarios"]) == 41


def test_at_the_end_a_page_gets_the_report_of_the_run(state: LiveState, tmp_path: Path) -> None:
    record, known = make_run(tmp_path, 45), Known()
    tell_of(state, record, tmp_path, 40)
    news(state, known)
    state.take({"event": "run_over", "may_run_again": True})
    last = news(state, known)
    assert last["head"]["verdict"]["title"] == "The release has to wait"
    assert len(last["rest"]["scenarios"]) == 45
    assert set(last["rest"]) == set(LISTS)
    assert (last["now"]["over"], last["now"]["again"]) == (True, "may")


def test_a_run_without_a_record_is_said(state: LiveState, tmp_path: Path) -> None:
    record = make_run(tmp_path, 20)
    (tmp_path / record.run / "run.json").write_text('{"version": 1, "scen')
    tell_of(state, record, tmp_path, 5)
    state.take({"event": "run_over", "may_run_again": False})
    last = news(state, Known())
    assert "is broken or cut off" in last["head"]["problems"][0]
    assert len(last["rest"]["scenarios"]) == 5


def test_markup_in_results_cannot_leave_its_message(state: LiveState, tmp_path: Path) -> None:
    record = make_run(tmp_path, 20)
    result = plain(record.scenarios[0]) | {"name": "</script>\n\ndata: {}\r\u2028"}
    tell_of(state, record, tmp_path, 0)
    state.take({"event": "scenario_over", "scenario": result})
    text = state.news(Known(), 0) or ""
    assert not set(text) & set("\r\n\u2028<")
