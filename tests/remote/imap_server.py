"""A small IMAP server that shows a maildir as one inbox: as much of RFC 3501 and RFC 4315 as reading and removing letters takes."""

import re
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from mailbox import Maildir
from pathlib import Path

import trustme

USER, PASSWORD = "qa@example.com", "inbox-word"


class Session(socketserver.StreamRequestHandler):
    """One connection; numbers of letters are their places in the order of their keys, which no test changes but by removing."""

    folder: Path
    keys: list[str]
    flagged: set[str]

    def handle(self) -> None:
        """Answer each command."""
        self._say("* OK ready")
        while line := self.rfile.readline().decode().strip():
            tag, _, command = line.partition(" ")
            said = self._answer(command)
            self._say(f"{tag} {said}")
            if said.startswith("BYE"):
                return

    def _answer(self, command: str) -> str:
        word, _, rest = command.partition(" ")
        if word == "UID":
            word, _, rest = rest.partition(" ")
        do = getattr(self, f"_{word.lower()}", None)
        return str(do(rest)) if do is not None else "BAD unknown"

    def _capability(self, _rest: str) -> str:
        self._say("* CAPABILITY IMAP4rev1 UIDPLUS")
        return "OK done"

    def _login(self, rest: str) -> str:
        return "OK in" if rest.replace('"', "") == f"{USER} {PASSWORD}" else "NO wrong password"

    def _select(self, rest: str) -> str:
        if rest.strip('"') != "INBOX":
            return "NO no such folder"
        here = Maildir(self.folder, create=False).keys()
        self.keys += sorted(set(here) - set(self.keys))
        self._say(f"* {len(here)} EXISTS")
        return "OK [READ-WRITE] selected"

    _examine = _select

    def _search(self, rest: str) -> str:
        wanted = rest.partition(" ")[2].strip('"').lower()
        letters = Maildir(self.folder, create=False)
        found = [str(number) for number, key in enumerate(self.keys, 1) if key in letters and wanted in str(letters[key]["To"]).lower()]
        self._say(" ".join(["* SEARCH", *found]))
        return "OK done"

    def _fetch(self, rest: str) -> str:
        number = rest.partition(" ")[0]
        whole = Maildir(self.folder, create=False).get_bytes(self.keys[int(number) - 1])
        self.wfile.write(f"* {number} FETCH (UID {number} BODY[] {{{len(whole)}}}\r\n".encode() + whole + b")\r\n")
        return "OK done"

    def _store(self, rest: str) -> str:
        self.flagged.update(re.split(",", rest.partition(" ")[0]))
        return "OK done"

    def _expunge(self, rest: str) -> str:
        for number in self.flagged & set(rest.split(",")):
            Maildir(self.folder, create=False).remove(self.keys[int(number) - 1])
        return "OK done"

    def _logout(self, _rest: str) -> str:
        self._say("* BYE")
        return "OK done"

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def imap_server(folder: Path, certificate: trustme.LeafCert | None = None) -> Iterator[int]:
    """Serve the maildir of that folder on loopback; its port."""
    bound = type("Bound", (Session,), {"folder": folder, "keys": [], "flagged": set()})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), bound) as server:
        server.daemon_threads = True
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            certificate.configure_cert(context)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        serving.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            serving.join()
