"""Hides what it was told of, what a name says is secret, what looks like a secret, and who people are."""

import os
import re
import threading
from functools import cache

from support.redaction.assignments import assigned_secrets, may_name_secrets
from support.redaction.kubernetes_secrets import secrets_of_kubernetes
from support.redaction.readings import redact_as_read
from support.redaction.shapes import hide_shapes
from support.redaction.spans import HIDDEN, without
from support.redaction.tables import secrets_in_tables

__all__ = ["HIDDEN", "PSEUDONYM", "Redactor"]

SHORTEST_KNOWN_SECRET = 6
PSEUDONYM = re.compile(r"<e-mail [0-9a-f]{5}>|<[^<>\n]{1,60}'s address>")
# what is no country and no company: units of systemd, pictures and texts of twice the size
_NO_DOMAIN = r"service|socket|timer|target|slice|mount|scope|device|png|jpe?g|gif|svg|webp|ico|css|m?js|json|html?|py|txt|md"
_AT = ("@", "%40", "%2540", "\\u0040", "&#64;", "&#x40;", "\uff20")
"""As it is written in texts, URLs, JSON and HTML."""
_MAY_BE_AT = re.compile(f"[{re.escape(''.join(sorted({at[0] for at in _AT})))}]")
_DOMAIN = rf"(?:[\w-]+\.)+(?!(?:{_NO_DOMAIN})\b)[^\W\d_][\w-]*[^\W\d_]|\[[\d.:a-fA-F]{{7,39}}\]"
_ADDRESS = rf"(?:\"[^\"\n]{{1,64}}\"|(?<![\w.+-])(?!git@)(?:[\w.+-]|%2[Bb])+)(?:{'|'.join(map(re.escape, _AT))})(?:{_DOMAIN})"
_ESCAPED = "\\u"
"""Behind it, any letter may stand."""
_ENCODED = re.compile(r"[A-Za-z0-9+/_-]{12,}")
LONGEST_KEPT, MOST_KEPT = 300, 4096
"""Characters of a text, and texts, of which the outcome is kept: runs say the same again and again."""
Known = tuple[str, str]
"""A text, and what is shown instead."""


class Redactor:
    """Hides secrets and e-mail addresses; an address has the same pseudonym for as long as this lives, in processes forked from it too."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}
        self._written: dict[str, list[Known]] = {mark: [] for mark in ("", "%", "\\", "&")}
        """What is known, the longest first, by what else a text holds that has it written in one of these ways."""
        self._encoded: list[str] = []
        self._beginnings: set[str] = set()
        """Of what is encoded, the first letters."""
        self._lock = threading.Lock()
        self._key = os.urandom(16)
        self._kept: dict[str, str] = {}

    def learn(self, secret: str, shown: str = HIDDEN) -> None:
        """Hide this very text from now on; texts of fewer than six characters are left alone, since they would hide ordinary words."""
        # what it takes costs more than most commands, which learn nothing
        from support.redaction.spellings import SHORTEST_ENCODED, WAYS, encoded

        with self._lock:
            if len(secret) < SHORTEST_KNOWN_SECRET or self._known.get(secret) == shown:
                return
            self._known[secret] = shown
            for mark, ways in WAYS.items():
                listed = self._written[mark]
                listed += {(way(secret), shown): None for way in ways if mark == "" or way(secret) != secret}
                # one may hold another
                listed.sort(key=_length, reverse=True)
            self._encoded += (pieces := encoded(secret))
            self._beginnings |= {piece[:SHORTEST_ENCODED] for piece in pieces}
            self._kept = {}

    def learn_person(self, address: str, role: str) -> None:
        """Call whoever has this e-mail address by the role from now on: `<the owner's address>`."""
        for written in (address, address.lower()):
            self.learn(written, f"<{role}'s address>")

    def known(self) -> frozenset[Known]:
        """The texts it was told to hide, each with what is shown instead."""
        with self._lock:
            return frozenset(self._known.items())

    def redact(self, text: str) -> str:
        """The text without secrets and e-mail addresses."""
        if len(text) > LONGEST_KEPT:
            return self._redact(text)
        safe = self._kept.get(text)
        if safe is None:
            safe = self._redact(text)
            if len(self._kept) >= MOST_KEPT:
                self._kept = {}
            self._kept[text] = safe
        return safe

    def _redact(self, text: str) -> str:
        if self._known:
            text = self._hide_known(text)
        safe = hide_shapes(*self._hide_named(text))
        if _MAY_BE_AT.search(safe) and any(at in safe for at in _AT):
            return _addresses().sub(self._pseudonym, safe)
        return safe

    def _hide_read(self, text: str) -> str:
        return hide_shapes(*self._hide_named(text))

    def _hide_named(self, text: str) -> Known:
        """The text without what a name says is secret, and the same in lower case."""
        lower = _in_lower_case(text)
        if may_name_secrets(lower) or _ESCAPED in lower:
            # what it says comes before what it looks like
            safe = redact_as_read(text, self._hide_read)
            if safe != text:
                text, lower = safe, _in_lower_case(safe)
            # what is aligned comes before anything in it gets another length
            for find in (secrets_of_kubernetes, secrets_in_tables, assigned_secrets):
                if found := find(text, lower):
                    text = without(text, found)
                    lower = _in_lower_case(text)
        return text, lower

    def _hide_known(self, text: str) -> str:
        for mark, known in self._written.items():
            if mark in text:
                for one, shown in known:
                    if one in text:
                        text = text.replace(one, shown) if shown == HIDDEN else _whole(one).sub(shown.replace("\\", r"\\"), text)
        if self._beginnings and self._may_hold_encoded(text):
            for piece in self._encoded:
                if piece in text:
                    text = re.sub(rf"[\w+/=-]*{re.escape(piece)}[\w+/=-]*", HIDDEN, text)
        return text

    def _may_hold_encoded(self, text: str) -> bool:
        # looking for each piece of each secret would cost more, the longer a run goes on
        runs = _ENCODED.findall(text)
        return any(not self._beginnings.isdisjoint([run[at : at + 8] for at in range(len(run) - 7)]) for run in runs)

    def _pseudonym(self, found: re.Match[str]) -> str:
        from hashlib import blake2b

        address = found[0].lower()
        for at in _AT:
            address = address.replace(at, "@")
        return f"<e-mail {blake2b(address.encode(errors='replace'), key=self._key).hexdigest()[:5]}>"


@cache
def _whole(address: str) -> re.Pattern[str]:
    """The address where it is not the end of another one, which would be known by what is left of it: ada+qa@..."""
    return re.compile(rf"(?<![\w.+-])(?<!%2[Bb]){re.escape(address)}")


@cache
def _addresses() -> re.Pattern[str]:
    return re.compile(_ADDRESS)


def _in_lower_case(text: str) -> str:
    lower = text.lower()
    # a letter may be two in lower case, and places have to stay
    return lower if len(lower) == len(text) else "".join(letter.lower() if letter.isascii() else letter for letter in text)


def _length(known: Known) -> int:
    return len(known[0])
