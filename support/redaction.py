"""Takes secrets and personal data out of whatever is printed, logged or reported.

Source: our choice of what counts as secret: tokens, passwords, keys, connection strings, e-mail addresses.
"""

import re
import threading

HIDDEN = "<redacted>"
HIDDEN_ADDRESS = "<e-mail>"
SHORTEST_KNOWN_SECRET = 6
LONGEST_SECRET = 2000
"""Characters; the longest there is, a signed token, has some hundreds."""

_SENSITIVE_NAME = (
    r"[\w-]*(?:password|passwd|secret|token|shared_?access_?key|api_?key|conn_str|connection_string|signature|authorization)\b(?!_scheme)"
)
_IN_NAMES = ("pass", "secret", "token", "key", "conn", "signature", "authorization")
_SENSITIVE = re.compile(_SENSITIVE_NAME, re.IGNORECASE)
# where one of these texts is (in lower case), what is looked for, and what it becomes: looking for the texts costs much less
_PATTERNS: list[tuple[tuple[str, ...], re.Pattern[str], str]] = [
    (("bearer", "token", "basic"), re.compile(r"\b(Bearer|Token|Basic)\s+[\w.~+/=-]{8,}", re.IGNORECASE), rf"\1 {HIDDEN}"),
    (
        ("sharedaccess", "accountkey"),
        re.compile(r"(SharedAccessKey|SharedAccessSignature|AccountKey)(=|\s+)[^;\s\"']+", re.IGNORECASE),
        rf"\1\2{HIDDEN}",
    ),
    (("sig=",), re.compile(r"\bsig=[\w%+/=.-]+"), f"sig={HIDDEN}"),
    (("://",), re.compile(r"(\b[a-z][a-z0-9+.-]*://[^\s:/@]+:)[^\s@/]+@", re.IGNORECASE), rf"\1{HIDDEN}@"),
    (_IN_NAMES, re.compile(rf"([\"']{_SENSITIVE_NAME}[\"']\s*:\s*)([\"'])(?:(?!\2).)*\2", re.IGNORECASE), rf"\1\2{HIDDEN}\2"),
    (_IN_NAMES, re.compile(rf"(\b{_SENSITIVE_NAME}\s*[=:]\s*)(?![\"'\s<])[^\s&;,\"')\]}}]+", re.IGNORECASE), rf"\1{HIDDEN}"),
    (_IN_NAMES, re.compile(rf"(\b{_SENSITIVE_NAME}\s*[=:]\s*)([\"'])(?:(?!\2).)*\2", re.IGNORECASE), rf"\1\2{HIDDEN}\2"),
    (("verification code",), re.compile(r"(Verification code:\s*)\S+"), rf"\1{HIDDEN}"),
    (("eyj",), re.compile(r"\beyJ[\w-]{10,}={0,2}\.[\w-]{10,}={0,2}(?:\.[\w-]+)?"), HIDDEN),
    (("akia",), re.compile(r"\bAKIA[0-9A-Z]{12,}\b"), HIDDEN),
    (("@", "%40"), re.compile(r"[\w.+-]+(?:@|%40)[\w-]+(?:\.[\w-]+)+"), HIDDEN_ADDRESS),
]
_MARKS = tuple({mark: None for marks, _, _ in _PATTERNS for mark in marks})
"""A text without any of them, as most are, holds nothing to hide."""


class Redactor:
    """Hides what looks like a secret, and every secret it was told of, wherever it stands."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._lock = threading.Lock()

    def learn(self, secret: str) -> None:
        """Hide this very text from now on; texts of fewer than six characters are left alone, since they would hide ordinary words."""
        if len(secret) >= SHORTEST_KNOWN_SECRET:
            with self._lock:
                self._known.add(secret)

    def known(self) -> frozenset[str]:
        """The texts it was told to hide."""
        with self._lock:
            return frozenset(self._known)

    def redact(self, text: str) -> str:
        """The text without secrets and e-mail addresses."""
        for secret in sorted(self._known, key=len, reverse=True):
            text = text.replace(secret, HIDDEN)
        lower = text.lower()
        for mark in _MARKS:
            if mark in lower:
                break
        else:
            return text
        for marks, pattern, replacement in _PATTERNS:
            if any(mark in lower for mark in marks):
                text = pattern.sub(replacement, text)
        return text


def excerpt(text: str, longest: int) -> str:
    """The text without secrets and e-mail addresses, cut to `longest` characters; of a long text, only its beginning is searched."""
    searched = 2 * max(longest, LONGEST_SECRET)
    safe = redact(text[:searched])
    if len(text) > searched:
        # where the search ended a secret may be cut in half
        safe = safe[:-LONGEST_SECRET]
    elif len(safe) <= longest:
        return safe
    return f"{safe[:longest]}... ({len(text)} characters)"


def is_sensitive(name: str) -> bool:
    """Whether what has this name is a secret (`password`, `token`, `flops_conn_str`), whatever it looks like."""
    return _SENSITIVE.fullmatch(name) is not None


_redactor = Redactor()
redact = _redactor.redact
learn_secret = _redactor.learn
known_secrets = _redactor.known
