"""The live page over HTTP: on loopback, behind a random token, for pages of its own origin alone; what is new comes as server-sent events.

Source: the HTML standard, "Server-sent events"; Fetch Metadata, `Sec-Fetch-Site`.
"""

import secrets
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from reports.html.earlier import Past
from reports.html.page import SCRIPTS, page_of
from reports.live.state import LISTS, Known, LiveState, begun, head_of_begun

HOSTS = ("127.0.0.1", "localhost")
BETWEEN_SIGNS_SECONDS = 1.0
"""Of life: so soon a page that was closed is noticed."""
LONGEST_WRITE_SECONDS = 20
TITLE = "Ringmaster run"
SHELL = head_of_begun(begun(""), Past()) | {name: [] for name in LISTS}
"""What a page knows before it hears of the run."""
LIVE_SCRIPTS = (*SCRIPTS[:-1], "live", SCRIPTS[-1])


class PageServer(ThreadingHTTPServer):
    """Serves one page; each reader has a thread."""

    daemon_threads = True

    def __init__(self, state: LiveState, token: str, again: Callable[[], None]) -> None:
        """`again` is called when somebody wants the failed scenarios once more."""
        super().__init__(("127.0.0.1", 0), PageHandler)
        self.state = state
        self.token = token
        self.again = again
        self.hosts = {f"{host}:{self.server_port}" for host in HOSTS}

    @property
    def address(self) -> str:
        """Of the page, with its token."""
        return f"http://127.0.0.1:{self.server_port}/{self.token}/"


class PageHandler(BaseHTTPRequestHandler):
    """Answers one request."""

    server: PageServer
    server_version, sys_version = "Ringmaster", ""
    timeout = LONGEST_WRITE_SECONDS

    def do_GET(self) -> None:
        """The page, or what is new."""
        if (path := self._path()) == "":
            self.server.state.opened()
            page = "".join(page_of(TITLE, SHELL, [], scripts=LIVE_SCRIPTS, allowed="; connect-src 'self'"))
            self._answer(HTTPStatus.OK, page.encode(errors="replace"), "text/html; charset=utf-8")
        elif path == "events":
            self._tell_events()
        elif path is not None:
            self._answer(HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        """Run what failed once more."""
        path = self._path()
        if path == "again" and self.headers.get("Origin") is None:
            self._answer(HTTPStatus.FORBIDDEN)
        elif path == "again":
            if self.server.state.ask_again():
                self.server.again()
            self._answer(HTTPStatus.NO_CONTENT)
        elif path is not None:
            self._answer(HTTPStatus.NOT_FOUND)

    def log_message(self, format: str, *args: object) -> None:
        """Nobody is told: the address holds the token."""

    def _path(self) -> str | None:
        """What is asked for below the token; None, and an answer, when the asker may not know."""
        host, origin = self.headers.get("Host", ""), self.headers.get("Origin")
        # a name that another page has made lead here comes with its own host; a request of another page with its origin
        ours = host in self.server.hosts and origin in (None, f"http://{host}")
        if not ours or self.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
            self._answer(HTTPStatus.FORBIDDEN)
            return None
        token, slash, path = self.path.removeprefix("/").partition("/")
        if not slash or not secrets.compare_digest(token.encode(), self.server.token.encode()):
            self._answer(HTTPStatus.NOT_FOUND)
            return None
        return path

    def _tell_events(self) -> None:
        state, known = self.server.state, Known()
        self._begin(HTTPStatus.OK, "text/event-stream; charset=utf-8")
        try:
            with state.looked_at():
                while True:
                    news = state.news(known, BETWEEN_SIGNS_SECONDS)
                    last = news is None and state.ended
                    sign = "event: end\ndata: \n\n" if last else ":\n\n"
                    self.wfile.write(sign.encode() if news is None else f"data: {news}\n\n".encode(errors="replace"))
                    self.wfile.flush()
                    if last:
                        return
        except OSError:
            # the page was closed
            self.close_connection = True

    def _answer(self, status: HTTPStatus, body: bytes = b"", kind: str = "text/plain") -> None:
        self._begin(status, kind, len(body))
        self.wfile.write(body)

    def _begin(self, status: HTTPStatus, kind: str, length: int | None = None) -> None:
        self.send_response(status)
        for name, value in (
            ("Content-Type", kind),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
            # the address is a secret, and the page is nobody's frame
            ("Referrer-Policy", "no-referrer"),
            ("Content-Security-Policy", "frame-ancestors 'none'"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
        ):
            self.send_header(name, value)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()
