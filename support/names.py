"""Unique names for what a scenario creates: it can run beside others, and what it made can be told from what it did not.

Source: the stable prefix `e2e-test-` is the epic's.
"""

import re
import secrets
from collections import Counter

PREFIX = "e2e-test-"
MAIL_DOMAIN = "example.com"


class Names:
    """Names of one scenario, all with the prefix and a random part of their own."""

    def __init__(self, unique_part: str | None = None) -> None:
        self.unique_part = unique_part or secrets.token_hex(4)
        self._given: Counter[str] = Counter()

    def unique(self, kind: str) -> str:
        """A name never given before, such as `e2e-test-1f2e3d4c-use-case-2`: lower case, safe as DNS label up to 63 characters."""
        word = re.sub(r"[^a-z0-9]+", "-", kind.lower()).strip("-")[:30]
        self._given[word] += 1
        return f"{PREFIX}{self.unique_part}-{word}-{self._given[word]}"

    def table(self, kind: str) -> str:
        """A unique SQL table name (letters, digits and underscores)."""
        return self.unique(kind).replace("-", "_")

    def address(self, person: str, domain: str = MAIL_DOMAIN) -> str:
        """A unique e-mail address at a domain that nobody owns."""
        return f"{self.unique(person)}@{domain}"

    @staticmethod
    def password() -> str:
        """A random password that any sane rule accepts."""
        return f"Aa1-{secrets.token_urlsafe(18)}"


def counted(number: int, noun: str) -> str:
    """`1 epoch`, `2 epochs`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
