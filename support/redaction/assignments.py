"""Values behind a name which says that they are secret: `password=...`, `"token": "..."`, `<apiKey>...</apiKey>`, `--secret ...`.

Source: our choice of names. They are looked for as plain texts first, since most texts hold none and looking for a pattern costs more.
"""

import re
from functools import cache, lru_cache

HIDDEN = "<redacted>"

_NAMES = (
    "password", "passwd", "passphrase", "passcode", "pwd", "secret", "token", "signature", "authorization", "cookie", "conn_str",
    "connection_string", "connectionstring", "sessionid", "session_id", "sessid", "connect.sid", "_auth", "verification code",
    "webhook_url", "passwort", "kennwort", "mot de passe", "_pass", "dbpass", "storepass", "keypass", "_pw", "key-data", "device_code",
    "client_assertion",
)  # fmt: skip
_KEY = "key"
_KEYS = (
    r"(?:api|access|account|admin|auth|client|consumer|deploy|encryption|license|master|private|secret|service|sas|shared|signing|storage"
    r"|subscription)[_\-. ]?"
)
_WHOLE_LINE = frozenset({"authorization", "cookie"})
"""Names of headers, whose values have spaces and several parts."""
_PASSWORDS = frozenset({"password", "passwd", "passphrase", "passwort", "kennwort"})
"""Names that prose has in front of the secret itself: "the password is ..."."""
_WORDS_FOLLOW = frozenset({"token", "secret", "signature", "key", "session_id"})
"""Names that prose has in front of a colon, too: "unexpected token: else"."""

_QUOTE = r"(?:\\*[\"']|%22|%27|&quot;|&\#34;|&\#39;|&apos;|\\+u0022|\\+u0027)"
_END = rf"\d*(?![\w-])(?P<close>{_QUOTE}?)\s*"
_SEPARATOR = r"(?:[=-]>|:=|={1,2}|:(?!//)|\uff1a|%3[ADad]|\\+u003[dD])(?:\s|%20|\+(?=%22))*"
_IN_QUOTES = rf"[bru]?(?P<quote>{_QUOTE})(?P<value>(?:(?!(?<!\\)(?P=quote))[^\n]){{0,4000}}?)(?<!\\)(?P=quote)"
_BARE = r"(?![\"'<\s])(?P<value>(?:(?!%22|%26|&quot;|&lt;|\\[nrtu\"'])[^\s&;,\"'<>)\]}|])+)"
_LINE = r"(?P<value>(?:(?!\\[nr\"'])[^\n\r])+)"
_NEW_LINE = r"(?:\r?\n|\\r\\n|\\n)"
_AFTER = (
    # TOML, YAML
    rf"{_END}{_SEPARATOR}(?P<quote>\"{{3}}|'{{3}})(?P<value>[\s\S]{{1,4000}}?)(?P=quote)",
    rf"{_END}:[ \t]*[|>][+-]?[ \t]*\n[ \t]+(?P<value>[^\n]+)",
    rf"{_END}{_SEPARATOR}{_IN_QUOTES}",
    rf"{_END}{_SEPARATOR}{_BARE}",
    # <password>...</password>, also escaped
    r"\d*(?:\s[^<>\n]{0,200})?(?:>|&gt;|\\+u003e)\s*(?P<value><!\[CDATA\[.{0,4000}?\]\]>|(?:(?!&lt;|\\+u003c)[^<>]){1,4000})(?=<|&lt;|\\+u003c)",
    # {"name": "PASSWORD", "value": "..."}, name="password" value="..."
    rf"\d*{_QUOTE}\s*,?\s*{_QUOTE}?(?:value|content){_QUOTE}?\s*[:=]\s*{_IN_QUOTES}",
    # <input name="password" type="text" value="...">, a field of a form with files
    rf"\d*{_QUOTE}\s[^<>\n]{{0,200}}?\bvalue=\s*{_IN_QUOTES}",
    rf"\d*{_QUOTE}(?:{_NEW_LINE}[ \t]*[A-Za-z-]+:[^\r\n\\]{{0,200}}){{0,3}}(?:{_NEW_LINE}[ \t]*){{2}}(?P<value>[^\r\n\\]+)",
    r"\d*\s*\n\s*value:[ \t]*(?P<value>[^\s\"']+)",
    # the same when a headline has it in one line
    r"\d*\s+value:\s+(?=\S*\d)(?P<value>[^\s\"']{6,})",
    rf"{_END}:[ \t]+[|>][+-]?[ \t]+(?P<value>[^\s]+)",
    rf"\d*{_QUOTE}(?: [A-Za-z-]+: [^\s\\]{{0,200}}){{0,3}} (?P<value>\S+)(?= --[\w-]+)",
)
_HEADER = rf"\d*(?![\w-])\s*{_SEPARATOR}(?![\"'<]){_LINE}"
_OPENED = r"([\"'`])[\w-]*$"
# ("authorization", "..."), and in prose: the password "..."
_BESIDE = rf"\d*(?:{_QUOTE}\s*,\s*|\s+(?:is\s+|was\s+|=\s+)?){_IN_QUOTES}(?!\s*[:=])"
_PROSE = r"\d*(?::\s|\s*->)"
_FOLLOWING = r"\d*(?:\s+(?:is|was|for\s+[^\s:]+))?[\s:]\s*(?P<value>(?=\S*\d)(?=\S*[A-Za-z])[^\s\"'<>,;)]{8,})"
_ARGUMENT = r"\d*(?:\s+|=)(?![-\"'<])(?P<value>[^\s\"']+)"
_OPTION = r"(?:^|[\s\"'\[(])--?[\w-]*$"
_LOGIN = r"login\s+\S+\s+$"
_HARMLESS = (
    r"true|false|null|none|nil|undefined|empty|missing|invalid|required|expired|ok|yes|no|bearer|token|basic|optional|unknown|unset|present"
    r"|absent|valid|set|\d{1,4}|\*+|\.+|\[?redacted\]?|\$\{?\w+\}?|\{+\w*\}+|%\w"
)
_LOOKS_RANDOM = r"(?=\S*[\d+/=~!$%^&*])\S{6,}|[^\s.]{24,}"
_SENSITIVE = rf"(?:.*(?:{'|'.join(map(re.escape, _NAMES))})|.*{_KEYS}key)\d*"
_NAME_MARKS = (*_NAMES, _KEY)
_PIECES = (
    "key",
    "pass",
    "token",
    "secret",
    "auth",
    "pwd",
    "conn",
    "sess",
    "cookie",
    "signature",
    "verification code",
    "webhook_url",
    "wort",
    "_pw",
    "device_code",
    "assertion",
)
"""Each name has one of them."""


@cache
def _pattern(text: str) -> re.Pattern[str]:
    # when it is needed, which it mostly is not: all of them take as long as the rest of a command takes to start
    return re.compile(text, re.IGNORECASE)


@lru_cache(maxsize=1000)
def is_sensitive(name: str) -> bool:
    """Whether what has this name is a secret (`password`, `token`, `flops_conn_str`), whatever it looks like."""
    return _pattern(_SENSITIVE).fullmatch(name) is not None


def hide_assigned(text: str, lower: str) -> str:
    """The text without the values of sensitive names; `lower` is the same in lower case, character by character."""
    for piece in _PIECES:
        if piece in lower:
            break
    else:
        return text
    places = sorted((at, name) for name in _NAME_MARKS if name in lower for at in _places(lower, name))
    pieces, done = [], 0
    for at, name in places:
        if at < done:
            continue
        for begin, end in _values(text, at, name):
            if begin >= done:
                pieces += [text[done:begin], HIDDEN]
                done = end
    return "".join([*pieces, text[done:]]) if pieces else text


def _places(lower: str, name: str) -> list[int]:
    found, at = [], lower.find(name)
    while at >= 0:
        found.append(at)
        at = lower.find(name, at + len(name))
    return found


def _values(text: str, at: int, name: str) -> list[tuple[int, int]]:
    """Where the value of the name at this place stands, if it has one that is to be hidden."""
    before, end = text[max(0, at - 40) : at], at + len(name)
    if name == _KEY and not _pattern(f"{_KEYS}$").search(before):
        return []
    if name in _WHOLE_LINE and (found := _pattern(_HEADER).match(text, end)) and not _pattern(_HARMLESS).fullmatch(found["value"].strip()):
        begin, ends = found.span("value")
        closed = text.find(opened[1], begin, ends) if (opened := _pattern(_OPENED).search(before)) else -1
        return [(begin, ends if closed < 0 else closed)]
    if _pattern(_OPTION).search(before) and (found := _pattern(_ARGUMENT).match(text, end)):
        return [found.span("value")]
    if name == "password" and _pattern(_LOGIN).search(before) and (found := _pattern(_ARGUMENT).match(text, end)):
        return [found.span("value")]
    for pattern in _AFTER:
        if found := _pattern(pattern).match(text, end):
            return [found.span("value")] if _is_secret(found["value"], name, is_prose=_pattern(_PROSE).match(text, end) is not None) else []
    if name in _PASSWORDS and (found := _pattern(_FOLLOWING).match(text, end)):
        return [found.span("value")]
    found = _pattern(_BESIDE).match(text, end)
    return [found.span("value")] if found and _is_secret(found["value"], name, is_prose=True) else []


def _is_secret(value: str, name: str, *, is_prose: bool) -> bool:
    if not value.strip() or value.startswith(HIDDEN) or _pattern(_HARMLESS).fullmatch(value.strip()):
        return False
    if name == "pwd" and value.startswith(("/", "~")):
        # the working directory, which shells call so
        return False
    return not is_prose or (name not in _WORDS_FOLLOW and " " not in value) or _pattern(_LOOKS_RANDOM).fullmatch(value) is not None
