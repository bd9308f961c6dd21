"""How a run reaches a deployment with certificates of its own, behind a proxy, and that wants to be asked slowly."""

import os
import struct
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
import trustme
from pydantic import SecretStr

from environments.network.direct_http import direct_client
from environments.network.reaching import Reaching, handed_on
from environments.processes.variables import basic_environment
from support.platforms.tracebloc.clients.clock import PlatformClock
from tests.remote.front import Front, Proxy, closing

QUICK = 3.0


class Busy(BaseHTTPRequestHandler):
    """Answers with the statuses that are left in `busy`, each with its Retry-After, and then with 200."""

    protocol_version = "HTTP/1.1"
    busy: list[tuple[int, str | None]]
    asked: list[tuple[float, bytes]]

    def do_POST(self) -> None:
        self.asked.append((time.monotonic(), self.rfile.read(int(self.headers.get("Content-Length", 0)))))
        status, after = self.busy.pop(0) if self.busy else (200, None)
        self.send_response(status)
        if after is not None:
            self.send_header("Retry-After", after)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *_arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    bound = type("Bound", (Busy,), {"busy": [], "asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), bound)
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    serving.start()
    yield server
    server.shutdown()
    serving.join()
    server.server_close()


def asked(server: ThreadingHTTPServer) -> list[tuple[float, bytes]]:
    found: list[tuple[float, bytes]] = server.RequestHandlerClass.asked  # type: ignore[attr-defined]
    return found


def post(url: str) -> int:
    with direct_client(url, timeout=QUICK) as client:
        return client.post("/", content=b"order").status_code


def url_of(server: ThreadingHTTPServer) -> str:
    return f"http://127.0.0.1:{server.server_port}"


def will_be_busy(server: ThreadingHTTPServer, *answers: tuple[int, str | None]) -> None:
    server.RequestHandlerClass.busy += answers  # type: ignore[attr-defined]


def test_who_is_told_to_come_back_later_does_so_with_the_same_request(server: ThreadingHTTPServer, tmp_path: Path) -> None:
    Reaching().put_in_force(tmp_path / "turns")
    will_be_busy(server, (429, "1"), (429, "0"))
    assert post(url_of(server)) == 200
    (first, one), (second, other), (_, last) = asked(server)
    assert one == other == last == b"order"
    assert second - first >= 1


@pytest.mark.parametrize(("status", "after"), [(429, "3600"), (429, None), (429, "Fri, 31 Dec 1999 23:59:59 GMT"), (503, "0")])
def test_an_answer_that_says_no_near_time_is_handed_on(server: ThreadingHTTPServer, tmp_path: Path, status: int, after: str | None) -> None:
    Reaching().put_in_force(tmp_path / "turns")
    will_be_busy(server, (status, after))
    assert post(url_of(server)) == status


def test_the_platforms_own_services_are_not_asked_twice(server: ThreadingHTTPServer) -> None:
    will_be_busy(server, (429, "0"))
    assert post(url_of(server)) == 429


def test_who_is_told_so_by_a_clock_that_was_moved_hears_it_at_once(server: ThreadingHTTPServer, tmp_path: Path) -> None:
    Reaching().put_in_force(tmp_path / "turns")
    will_be_busy(server, (429, "1"))
    clock = PlatformClock(SecretStr("key"))
    clock.pass_by(40)
    with direct_client(url_of(server), timeout=QUICK) as client:
        client.event_hooks["request"].append(clock.stamp)
        assert client.post("/").status_code == 429


def test_all_together_ask_as_often_as_they_may(server: ThreadingHTTPServer, tmp_path: Path) -> None:
    Reaching(requests_per_second=20).put_in_force(tmp_path / "turns")
    threads = [threading.Thread(target=post, args=[url_of(server)]) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    times = sorted(at for at, _ in asked(server))
    assert len(times) == 10
    # what was held up on its way may come closer to the next one, but ten turns take nine times the twentieth of a second
    assert times[-1] - times[0] >= 0.35


def test_turns_from_before_the_machine_started_again_hold_nobody_up(server: ThreadingHTTPServer, tmp_path: Path) -> None:
    (tmp_path / "turns").write_bytes(struct.pack("d", 1e12))
    Reaching(requests_per_second=100).put_in_force(tmp_path / "turns")
    assert post(url_of(server)) == 200


def test_a_private_certificate_authority_is_trusted_where_it_is_named(server: ThreadingHTTPServer, tmp_path: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    front = Front(server.server_port, authority.issue_cert("127.0.0.1"))
    with closing(front):
        url = f"https://127.0.0.1:{front.port}"
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            post(url)
        Reaching(ca_file=tmp_path / "ca.pem").put_in_force(tmp_path / "turns")
        assert post(url) == 200


def test_a_proxy_is_on_the_way_to_other_machines_only(server: ThreadingHTTPServer, tmp_path: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    front, proxy = Front(server.server_port, authority.issue_cert("backend.staging.test")), Proxy()
    with closing(front, proxy):
        Reaching(tmp_path / "ca.pem", f"http://127.0.0.1:{proxy.port}").put_in_force(tmp_path / "turns")
        assert post(f"https://backend.staging.test:{front.port}") == 200
        assert proxy.passed == ["backend.staging.test"]
        assert post(url_of(server)) == 200
        assert proxy.passed == ["backend.staging.test"]


def test_what_a_run_starts_finds_the_same_way_and_nothing_else_does(tmp_path: Path) -> None:
    os.environ["HTTPS_PROXY"] = "http://of-the-machine:1"
    assert "HTTPS_PROXY" not in basic_environment()
    Reaching(tmp_path / "ca.pem", "http://proxy.test:3128", 5).put_in_force(tmp_path / "turns")
    environment = basic_environment()
    assert {environment[name] for name in ("REQUESTS_CA_BUNDLE", "AWS_CA_BUNDLE", "SSL_CERT_FILE")} == {str(tmp_path / "ca.pem")}
    assert environment["HTTPS_PROXY"] == "http://proxy.test:3128"
    assert "127.0.0.1" in environment["NO_PROXY"]
    Reaching().put_in_force(tmp_path / "turns")
    assert list(handed_on()) == ["RINGMASTER_PACE"]
