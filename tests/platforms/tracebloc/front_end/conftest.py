"""A small checkout of a front end, whose Cypress is a script, and a platform that answers one request."""

import shutil
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

STAND_IN = Path(__file__).parent / "checkout"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy with its Cypress where npm would put it."""
    folder = tmp_path / "front-end"
    shutil.copytree(STAND_IN, folder)
    program = folder / "node_modules" / ".bin" / "cypress"
    program.parent.mkdir(parents=True)
    shutil.copy(folder / "stand_in" / "cypress", program)
    return folder


class _Healthy(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/healthz" else 404)
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        """Says nothing."""


@pytest.fixture
def platform_url() -> Iterator[str]:
    """Where something answers that it is healthy."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Healthy) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
