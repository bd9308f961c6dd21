"""A real browser that looks at the page with the terminal; what it complains about and where it goes is kept."""

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from environments.platforms.observatory.browser import chromium
from support.evidence.kinds import Kind
from support.evidence.recorder import record

if TYPE_CHECKING:
    from playwright.sync_api import Page

LOUD = ("error", "warning")
WIDTH, HEIGHT = 1000, 600
TIMEOUT_MILLISECONDS = 15_000


class Browser:
    """A browser; its windows know nothing of each other."""

    def __init__(self) -> None:
        """Start it."""
        # only scenarios that look at pages load it
        from playwright.sync_api import sync_playwright

        self._playwright = sync_playwright().start()
        # CI often runs as root in a container, where Chromium's own sandbox cannot be
        self._browser = self._playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])

    def window(self) -> "Page":
        """A window that keeps nothing of another one: no cookie, no storage, no cache."""
        return self._browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})

    def close(self) -> None:
        """End it, with all its windows."""
        self._browser.close()
        self._playwright.stop()


class BrowserPage:
    """One window. Elements are found by the names that the project's own page has too."""

    def __init__(self, browser: Browser, url: str) -> None:
        """The page is not opened yet."""
        self._url = url
        self._page = browser.window()
        self._page.set_default_timeout(TIMEOUT_MILLISECONDS)
        self.complaints: list[str] = []
        self.elsewhere: list[str] = []
        self.refused: list[str] = []
        self._page.on("console", lambda said: self._complain(said.text) if said.type in LOUD else None)
        self._page.on("pageerror", lambda error: self._complain(str(error)))
        self._page.on("request", lambda asked: self._note_host(asked.url))
        self._page.on("requestfailed", lambda asked: self.refused.append(asked.url))
        self._page.on("response", lambda answer: self.refused.append(answer.url) if answer.status >= 400 else None)

    def open(self, query: str = "") -> None:
        """Open the page."""
        self._page.goto(f"{self._url}/{query}")

    def reload(self) -> None:
        """Load it anew, as people do."""
        self._page.reload()

    def resize(self, width: int, height: int) -> None:
        """Give the window another size, in pixels."""
        self._page.set_viewport_size({"width": width, "height": height})

    def type(self, text: str) -> None:
        """Type into the terminal."""
        self._page.locator("#terminal").click()
        self._page.keyboard.type(text)

    def lose_connection(self) -> None:
        """As if the network had gone for a moment."""
        self._page.evaluate("window.__odtoTestHooks.simulateDisconnect()")

    def retry(self) -> None:
        """Ask for the terminal again."""
        self._page.locator("#retry-button").click()

    @property
    def status(self) -> str:
        """What the page says of its connection."""
        return self._text(".connection-status")

    @property
    def screen(self) -> str:
        """The terminal's lines, without what is empty at their ends."""
        return "\n".join(line.rstrip() for line in self._text("#terminal").splitlines()).rstrip()

    @property
    def fallback(self) -> str:
        """What people see in place of the terminal; empty while there is one."""
        return self._text("#fallback-container") if self._page.locator("#fallback-container").is_visible() else ""

    @property
    def session(self) -> str:
        """The session that the page would come back to."""
        kept = str(self._page.evaluate("JSON.stringify(sessionStorage)"))
        found = re.search(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", kept)
        return found[0] if found else ""

    def columns(self, character: str) -> int:
        """How many of a character stand in the fullest line."""
        return max((line.count(character) for line in self.screen.splitlines()), default=0)

    def colour_of(self, text: str) -> str:
        """The colour that a text of the terminal is shown in, as the browser computes it."""
        found: Any = self._page.locator("#terminal span", has_text=text).first
        return str(found.evaluate("element => getComputedStyle(element).color"))

    def picture(self, file: str) -> None:
        """Keep what it looks like."""
        self._page.screenshot(path=file)
        record(Kind.FILE, file.rpartition("/")[2])

    def close(self) -> None:
        """Close the window."""
        self._page.close()

    def _text(self, selector: str) -> str:
        return str(self._page.locator(selector).first.inner_text())

    def _complain(self, text: str) -> None:
        record(Kind.CALL, "browser complains", text, failed=True)
        self.complaints.append(text)

    def _note_host(self, url: str) -> None:
        place = urlsplit(url)
        if place.scheme in ("http", "https", "ws", "wss") and place.netloc != urlsplit(self._url).netloc:
            self.elsewhere.append(url)
