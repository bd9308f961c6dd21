"""A stand-in for the backend: it logs edges in, notes what they post, and can be told to fail, to forget its tokens, or to go away."""

import json
import threading
from collections import deque
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

EXPERIMENTS = "/edge-device/experiments/"
CLIENT_PASSWORD = "the edge's password"


@dataclass(frozen=True)
class Call:
    """One request it got, and the status it answered."""

    path: str
    body: dict[str, Any]
    authorization: str
    status: int


class StandInBackend:
    """Serves in a thread; `answers` holds the statuses to give to the next calls, else they are taken well."""

    def __init__(self, connection_string: str = "Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=k;SharedAccessKey=aw==") -> None:
        self.connection_string = connection_string
        self.calls: list[Call] = []
        self.answers: deque[int] = deque()
        self.logins = 0
        self.ended_experiments: set[str] = set()
        self._forgotten = 0
        self._server: ThreadingHTTPServer | None = None
        self.port = 0
        self.start()

    @property
    def url(self) -> str:
        """Where it serves; the same after a restart."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Serve (again)."""
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), self._handler())
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        """Go away; the port refuses connections."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def forget_tokens(self) -> None:
        """Refuse every token given out so far."""
        self._forgotten = self.logins

    def taken(self, path: str) -> list[dict[str, Any]]:
        """The bodies of the calls to a path that were answered well."""
        return [call.body for call in self.calls if call.path == path and call.status < 300]

    def answer(self, path: str, raw: bytes, authorization: str) -> tuple[int, dict[str, Any]]:
        """Status and body for one request."""
        if path == "/api-token-auth/":
            return self._log_in(parse_qs(raw.decode()))
        body = json.loads(raw or b"{}")
        status = self.answers.popleft() if self.answers else 201 if path.startswith("/global_meta/") else 204
        if authorization.split(" ")[-1] not in [f"token-{number + 1}" for number in range(self._forgotten, self.logins)]:
            status = 401
        if path.startswith(EXPERIMENTS) and status == 204:
            key = path.removeprefix(EXPERIMENTS).strip("/")
            return 200, {"experiment_key": key, "ended": key in self.ended_experiments}
        self.calls.append(Call(path, body, authorization, status))
        return status, {"dataset_id": 1, "dataset_key": "key"}

    def _log_in(self, form: dict[str, list[str]]) -> tuple[int, dict[str, Any]]:
        if form["password"] != [CLIENT_PASSWORD]:
            return 400, {"non_field_errors": ["Unable to log in with provided credentials."]}
        self.logins += 1
        queues = {
            "flops": "flops",
            "results": "results",
            "averaging": "averaging",
            "experiments_queue": f"experiments-{form['username'][0]}",
        }
        strings = {f"{name}_conn_str": f"{self.connection_string};EntityPath={queue}" for name, queue in queues.items()}
        return 200, {"token": f"token-{self.logins}", "token_scheme": "Token", **strings}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        backend = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self.do_POST()

            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status, body = backend.answer(self.path, raw, self.headers.get("Authorization", ""))
                content = b"" if status == 204 else json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                # a stopped server must not keep serving old connections
                self.send_header("Connection", "close")
                self.close_connection = True
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        return Handler
