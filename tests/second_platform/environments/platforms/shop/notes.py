"""A service that keeps notes: `PUT /<name>` keeps one, `GET /<name>` gives it back. Put your own in its place."""

import os
import signal
import sys
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from environments.platform import SABOTAGE_VARIABLE

notes: dict[str, str] = {}


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    def do_PUT(self) -> None:
        """Keep a note."""
        text = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode("utf-8")
        # the defect that `--sabotage shop-notes-cut-short` switches on
        cut_short = os.environ.get(SABOTAGE_VARIABLE) == "shop-notes-cut-short"
        notes[self.path] = text.partition(" ")[0] if cut_short else text
        self._answer(204)

    def do_GET(self) -> None:
        """Give a note back."""
        if self.path in notes:
            self._answer(200, notes[self.path])
        else:
            self._answer(404, "there is no such note")

    def log_message(self, format: str, *args: object) -> None:
        """Begin with the local time, by which a scenario's lines are found."""
        sys.stderr.write(f"{datetime.now():%Y-%m-%d %H:%M:%S} {format % args}\n")

    def _answer(self, status: int, text: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(text.encode("utf-8"))))
        self.end_headers()
        self.wfile.write(text.encode("utf-8"))


def main() -> None:
    """Serve on HTTP_PORT until SIGTERM."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    ThreadingHTTPServer((os.environ.get("HTTP_HOST", "127.0.0.1"), int(os.environ["HTTP_PORT"])), Handler).serve_forever()


if __name__ == "__main__":
    main()
