"""A requests proxy for one pod: hands out what it was given and keeps what it is told."""

import json
import threading
from email.message import Message
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from environments.platforms.tracebloc.messaging.messages import ScoreSubmission, TrainCycle

TOKEN = "the-token-of-this-pod"


class RequestsProxyStandIn:
    """Listens on a free loopback port from `with` to its end."""

    def __init__(self) -> None:
        self.work: TrainCycle | ScoreSubmission | None = None
        self.model_file = b""
        self.model_file_name = "model.py"
        self.weights: bytes | None = None
        self.estimator: bytes | None = None
        self.tokenizer: bytes | None = None
        self.answers_503 = 0
        self.calls: list[str] = []
        self.handed_out = threading.Event()  # when a pod has all it asks for
        self.epochs: list[dict[str, Any]] = []
        self.flops: list[dict[str, Any]] = []
        self.scores: list[dict[str, Any]] = []
        self.trained: dict[str, bytes] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, method: str, path: str, headers: Message, body: bytes) -> tuple[int, bytes, dict[str, str]]:
        """Status, body and headers of the answer to one call."""
        self.calls.append(f"{method} {path}")
        if self.answers_503:
            self.answers_503 -= 1
            return 503, b"", {}
        if headers["Authorization"] != f"Bearer {TOKEN}":
            return 401, b'{"message": "the pod token has expired", "code": "TOKEN_EXPIRED"}', {}
        if method == "GET":
            return self._download(path)
        if path == "/v1/weights":
            self.trained = _parts(headers, body)
        else:
            {"/v1/epochs": self.epochs, "/v1/flops": self.flops, "/v1/score": self.scores}[path].append(json.loads(body))
        return 202, b"", {}

    def _download(self, path: str) -> tuple[int, bytes, dict[str, str]]:
        if path == "/v1/work" and self.work is not None:
            return 200, self.work.model_dump_json().encode(), {}
        if path == "/v1/model":
            return 200, self.model_file, {"X-File-Name": self.model_file_name}
        if path == "/v1/weights":
            self.handed_out.set()
        content = {"/v1/weights": self.weights, "/v1/estimator": self.estimator, "/v1/tokenizer": self.tokenizer}[path]
        return (204, b"", {}) if content is None else (200, content, {})

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1

            def _answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                status, content, headers = stand_in.answer(self.command, self.path, self.headers, body)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                if status != 204:
                    self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = _answer

            def log_message(self, *_: object) -> None:
                pass

        return Handler


def _parts(headers: Message, body: bytes) -> dict[str, bytes]:
    message = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + headers["Content-Type"].encode() + b"\r\n\r\n" + body)
    parts: dict[str, bytes] = {}
    for part in message.walk():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(content, bytes):
            parts[name] = content
    return parts
