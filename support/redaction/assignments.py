"""Values behind a name which says that they are secret: `password=...`, `"token": "..."`, `<apiKey>...</apiKey>`, `--secret ...`.

Source: our choice of names. They are looked for as plain texts first, since most texts hold none and looking for a pattern costs more.
"""

import re
from functools import cache, lru_cache

from support.redaction.spans import HIDDEN, Span

_NAMES = (
    "password", "passwd", "passphrase", "passcode", "pwd", "secret", "token", "signature", "authorization", "cookie", "conn_str",
    "connection_string", "connectionstring", "sessionid", "session_id", "sessid", "connect.sid", "_auth", "verification code",
    "webhook_url", "passwort", "kennwort", "mot de passe", "_pass", "dbpass", "storepass", "keypass", "_pw", "key-data", "device_code",
    "client_assertion", "credential", "credentials", "one-time code", "contraseña", "senha", "wachtwoord", "motdepasse", "parola d'ordine",
    "id_token_hint", "code_verifier", "recovery code", "backup code", "requirepass", "masterauth", "пароль", "密码", "パスワード",
    "secret_key_base", "password_v4", "secretbinary",
)  # fmt: skip
_KEY, _PASS = "key", "pass"
_KEYS = (
    r"(?:api|access|account|admin|app|application|auth|client|consumer|deploy|encryption|license|master|private|secret|service|sas|shared|signing"
    r"|storage|record|fastly|subscription|anthropic"
    r"|aws|aes|azure|crypt|fernet|functions|google|hmac|instrumentation|jwt|openai|preshared|sendgrid|stripe|twilio)[_\-. ]?"
)
_WHOLE_LINE = frozenset({"authorization", "cookie"})
"""Names of headers, whose values have spaces and several parts."""
_PASSWORDS = frozenset({"password", "passwd", "passphrase", "passwort", "kennwort"})
_CODES = frozenset({"verification code", "one-time code", "passcode", "recovery code", "backup code"})
"""Names that prose has in front of the secret itself: "the password is ..."."""
_WORDS_FOLLOW = frozenset({"token", "secret", "signature", "key", "session_id"})
"""Names that prose has in front of a colon, too: "unexpected token: else"."""

# each may be escaped, also more than once: \\", %2522, &amp;quot;
_QUOTE = r"(?:\\*[\"'`]|%(?:25)*2[27]|&(?:amp;)*(?:quot|apos|\#34|\#39|\#x22|\#x27);|\\+u002[27])"
_COLOUR = r"\x1b\[[\d;]*m"
_CLOSE = rf"(?:{_QUOTE}|\*\*?|\[\w*\]|\]|\}}|%(?:25)*5[dD]|{_COLOUR}){{0,3}}"
_END = rf"\d*(?![\w-]){_CLOSE}\s*"
_SPACE = r"(?:\s|%(?:25)*20|\+(?=%22))"
_SEPARATOR = (
    r"(?:[=-]>|:=|\\?={1,2}|::?(?!//)|\uff1a|\u2192|\u2026|\.{3,}|%(?:25)*3[ADad]|\\+u003[dD]|&(?:amp;)*\#(?:58|61|x3a|x3d);)"
    rf"{_SPACE}*(?:{_COLOUR}|\*\*?{_SPACE}*|[!&]+\w+[ ]+)?"
)
_WRAPPED = r"(?:[A-Za-z_][\w.:]{0,40}\(|\\*\[)\s*"
"""What the secret may stand in: Some("..."), SecretStr('...'), ["..."]."""
_IN_BRACES = r"\{[^{}]{0,200}?\\*[\"'](?:value|data|text)\\*[\"']\s*:\s*"
"""{"type": "string", "value": "..."}"""
_IN_QUOTES = rf"[brun]?(?P<quote>{_QUOTE})(?P<value>(?:(?!(?<!\\)(?P=quote))[^\n]){{0,4000}}?)(?<!\\)(?P=quote)"
_BARE = r"(?![\"'<\s])(?P<value>(?:\\[ ]|(?!%(?:25)*2[26]|&(?:amp;)*(?:quot|lt|\#34);|\\[nrtu\"'])[^\s&;,\"'<>)\]}|\0\x1b`])+)"
_LINE = r"(?P<value>(?:(?!\\[nr\"'])[^\n\r])+)"
_NEW_LINE = r"(?:\r?\n|\\r\\n|\\n)"
_LIST = r"[^\]\n]{1,2000}"
_AFTER = (
    # TOML, YAML
    rf"{_END}{_SEPARATOR}(?P<quote>\"{{3}}|'{{3}})(?P<value>[\s\S]{{1,4000}}?)(?P=quote)",
    rf"{_END}:[ \t]*[|>][+-]?[ \t]*\n(?P<indent>[ \t]+)(?P<value>[^\n]+(?:\n(?P=indent)[^\n]+)*)",
    rf"s?{_END}:[ \t]*\n(?P<indent>[ \t]*)-[ \t]+(?P<value>[^\n]+(?:\n(?P=indent)-[ \t][^\n]+)*)",
    # ODBC, Helm
    rf"{_END}=\s*\{{(?P<value>[^{{}}\n]{{1,300}})\}}(?=;|\s|$)",
    rf"{_END}:[ \t]*\n(?P<indent>[ \t]+)(?:[\w.-]+:[^\n]*\n(?P=indent)){{0,5}}(?:value|default):[ \t]*[\"']?(?P<value>[^\s\"']+)",
    # Nix, Lua
    rf"{_END}=\s*(?:''|\[\[)(?P<value>[^\n]{{1,4000}}?)(?:''|\]\])",
    rf"{_END}{_SEPARATOR}{_IN_QUOTES}",
    rf"{_END}{_SEPARATOR}{_WRAPPED}{_IN_QUOTES}(?!\s*,)",
    rf"{_END}{_SEPARATOR}{_IN_BRACES}{_IN_QUOTES}",
    rf"s?{_END}{_SEPARATOR}\\*\[\s*(?P<value>\\*[\"']{_LIST})(?=\])",
    # cut off before its quote was closed
    rf"{_END}{_SEPARATOR}(?P<quote>{_QUOTE})(?P<value>(?:(?!(?P=quote))[^\n])+)(?=\n|\Z)",
    # but no further name, as in YAML
    rf"{_END}(?!:[ \t]*\n[ \t]*[\w.-]+:(?:\s|\Z)){_SEPARATOR}{_BARE}",
    # <password>...</password>, also escaped
    r"\d*(?:\s[^<>\n]{0,200})?(?:>|&gt;|\\+u003e)\s*(?P<value><!\[CDATA\[.{0,4000}?\]\]>|(?:(?!&lt;|\\+u003c)[^<>]){1,4000})(?=<|&lt;|\\+u003c)",
    r"\d*\s*</(?:th|td|dt|label|b|strong|key|name)>\s*<(?:td|dd|span|code|string|value)\b[^<>]{0,200}>\s*(?P<value>[^<>]{1,4000})(?=<)",
    # <property name="password">...</property>
    rf"\d*{_QUOTE}(?:\s[^<>\n]{{0,200}})?>\s*(?P<value>[^<>]{{1,4000}}?)\s*(?=</(?:entry|prop(?:erty)?|string|param|value|setting|var(?:iable)?)>)",
    # {"name": "PASSWORD", "value": "..."}, name="password" value="..."
    rf"\d*{_QUOTE}\s*,?\s*{_QUOTE}?(?:value|content){_QUOTE}?\s*[:=]\s*{_IN_QUOTES}",
    # variable "password" { default = "..." }
    rf"\d*{_QUOTE}\s*\{{[^{{}}]{{0,300}}?\bdefault\s*=\s*{_IN_QUOTES}",
    # <input name="password" type="text" value="...">, a field of a form with files
    rf"\d*{_QUOTE}\s[^<>\n]{{0,200}}?\bvalue=\s*{_IN_QUOTES}",
    rf"\d*{_QUOTE}(?:{_NEW_LINE}[ \t]*[A-Za-z-]+:[^\r\n\\]{{0,200}}){{0,3}}(?:{_NEW_LINE}[ \t]*){{2}}(?P<value>[^\r\n\\]+)",
    r"\d*\s*\n\s*value:[ \t]*(?P<value>[^\s\"']+)",
    # the same when a headline has it in one line
    r"\d*\s+value:\s+(?=\S*\d)(?P<value>[^\s\"']{6,})",
    rf"{_END}:[ \t]+[|>][+-]?[ \t]+(?P<value>[^\s]+)",
    rf"\d*{_QUOTE}(?: [A-Za-z-]+: [^\s\\]{{0,200}}){{0,3}} (?P<value>\S+)(?= --[\w-]+)",
)
_VALUE_BEFORE = rf"{_QUOTE}value{_QUOTE}\s*:\s*{_IN_QUOTES}\s*,\s*{_QUOTE}(?:name|key){_QUOTE}\s*:\s*{_QUOTE}[\w-]*$"
"""{"value": "...", "name": "PASSWORD"}"""
_HEADER = rf"\d*(?![\w-])\s*{_SEPARATOR}(?![\"'<]){_LINE}"
_OPENED = r"([\"'`])[\w-]*$"
# ("authorization", "..."), and in prose: the password "..."
_BESIDE = rf"\d*(?:{_QUOTE}\s*,\s*|\s+(?:is\s+|was\s+|=\s+)?){_IN_QUOTES}(?!\s*[:=])"
_GOES_ON = r"(?!s?\d*(?![\w-]))"
"""The name is a piece of a longer one: `token_scheme`."""
_PROSE = r"\d*(?::\s(?!\s*(?:[|>\[]|- ))|\s*->)"
_PLAIN_WORD = r"s?\d* (?!value:)[A-Za-z]"
_MARKUP = (">", "&gt;", "u003e", "u003E")
_MIXED = r"(?=\S*\d)(?=\S*[A-Za-z])[^\s\"'<>,;)]"
_FOLLOWING = (
    r"\d*(?:\s+(?:is|was|ist|lautet|est|es|(?:set|changed|reset)\s+(?:to|from)|from|(?:for|of)\s+[^\s:]+(?:\s+(?:is|was))?))?[\s:]\s*"
    rf"(?P<value>{_MIXED}{{6,}})"
)
_STATED = (
    rf"\d*\s+(?:(?:(?:for|of)\s+[^\s:]+\s+)?(?:is|was):?\s+(?P<value>{_MIXED}{{10,}})"
    r"|(?-i:(?=\S*\d)(?=\S*[a-z])(?=\S*[A-Z]))(?P<alone>[\w-]{24,})(?![\w./-]))"
)
_CODE = r"(?:\s+is)?[:=]?\s+(?P<value>\d{4,8}\b|(?=\S*\d)\w{4,8}(?:-\w{4,8})+)"
_ASSIGNED_PASS = rf"(?:=|\s*[:=]\s+(?=\S{{8}}))(?=[^\s&]*\d)(?=[^\s&]*[A-Za-z]){_BARE}"
_QUOTED_PASS = rf"{_QUOTE}\s*:\s*(?={_QUOTE}[^\s\"']*\d)(?={_QUOTE}[^\s\"']*[A-Za-z])(?={_QUOTE}[^\s\"']{{8}}){_IN_QUOTES}"
_CHANGED = rf"{_QUOTE}?\s*(?:->|=>)\s*{_IN_QUOTES}"
"""What it becomes: a plan of Terraform."""
# a command's help has names in capitals and columns
_ARGUMENT = r"\d*(?:[ \t]*\\\r?\n[ \t]*|\s|=)(?![-\"'<\s]|(?-i:[A-Z_]+)(?![^\s\]]))(?P<value>[^\s\"']+)"
_OPTION = r"(?:(?:^|[\s\"'\[(])--?[\w-]*|\b(?:setenv|ENV|setx|set\s+-\w+)\s+\w*)$"
_LOGIN = r"login\s+\S+\s+$"
_HARMLESS = (
    r"true|false|null|none|nil|undefined|empty|missing|invalid|required|expired|ok|yes|no|bearer|token|basic|optional|unknown|unset|present"
    r"|absent|valid|set|\d{1,4}|\*+|\.+|\[?redacted\]?|\$\{?\w+\}?|\{+\w*\}+|%\w"
)
_SAID_OF_HEADER = rf"(?!bearer|token|basic)(?:{_HARMLESS})[,;]\s"
_LOOKS_RANDOM = r"(?=\S*[\d+/=~!$%^&*])\S{6,}|[^\s.]{24,}"
_BEFORE_KEY = f"{_KEYS}$"
_SENSITIVE = rf"(?:.*(?:{'|'.join(map(re.escape, _NAMES))})|.*{_KEYS}key)\d*"
_NAME_MARKS = (*_NAMES, _KEY, _PASS)
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
    "credential",
    "one-time",
    "verifier",
    "recovery code",
    "backup code",
    "contrase",
    "senha",
    "woord",
    "motde",
    "parola",
    "пароль",
    "密码",
    "パスワード",
)
"""Each name has one of them."""
_NAMES_BY_PIECE = [(piece, [name for name in _NAME_MARKS if piece in name]) for piece in _PIECES]


@cache
def _pattern(text: str) -> re.Pattern[str]:
    # when it is needed, which it mostly is not: all of them take as long as the rest of a command takes to start
    return re.compile(text, re.IGNORECASE)


@lru_cache(maxsize=1000)
def is_sensitive(name: str) -> bool:
    """Whether what has this name is a secret (`password`, `token`, `flops_conn_str`), whatever it looks like."""
    return _pattern(_SENSITIVE).fullmatch(name) is not None


def may_name_secrets(lower: str) -> bool:
    """Whether a text, in lower case, may have a sensitive name in it."""
    # a loop costs half of what any() does
    for piece in _PIECES:  # noqa: SIM110
        if piece in lower:
            return True
    return False


def assigned_secrets(text: str, lower: str) -> list[Span]:
    """Where the values of sensitive names are; `lower` is the text in lower case, character by character."""
    goes_on = _pattern(_GOES_ON)
    named = {name for piece, names in _NAMES_BY_PIECE if piece in lower for name in names if name in lower}
    places = sorted((at, name) for name in named for at in _places(lower, name))
    found, done = [], 0
    for at, name in places:
        if at < done or goes_on.match(text, at + len(name)):
            continue
        for begin, end in _values(text, at, name):
            if begin >= done:
                found.append((begin, end))
                done = end
    return found


def _places(lower: str, name: str) -> list[int]:
    found, at = [], lower.find(name)
    while at >= 0:
        found.append(at)
        at = lower.find(name, at + len(name))
    return found


def _values(text: str, at: int, name: str) -> list[Span]:
    """Where the value of the name at this place stands, if it has one that is to be hidden."""
    before, end = text[max(0, at - 40) : at], at + len(name)
    if name == _KEY and not _pattern(_BEFORE_KEY).search(before):
        return []
    if name == _PASS:
        found = _pattern(_ASSIGNED_PASS).match(text, end) or _pattern(_QUOTED_PASS).match(text, end)
        return [found.span("value")] if found else []
    if name in _WHOLE_LINE and (found := _pattern(_HEADER).match(text, end)) and not _is_said_of_a_header(found["value"], name):
        begin, ends = found.span("value")
        closed = text.find(opened[1], begin, ends) if (opened := _pattern(_OPENED).search(before)) else -1
        return [(begin, ends if closed < 0 else closed)]
    if _pattern(_OPTION).search(before) and (found := _pattern(_ARGUMENT).match(text, end)):
        return [found.span("value")]
    if name == "password" and _pattern(_LOGIN).search(before) and (found := _pattern(_ARGUMENT).match(text, end)):
        return [found.span("value")]
    # a plain word comes next, as in prose: no value is assigned to the name
    is_prose = _pattern(_PLAIN_WORD).match(text, end) is not None and not any(mark in text for mark in _MARKUP)
    for pattern in () if is_prose else _AFTER:
        if found := _pattern(pattern).match(text, end):
            if not _is_secret(found["value"], name, is_prose=_pattern(_PROSE).match(text, end) is not None):
                return []
            becomes = _pattern(_CHANGED).match(text, found.end("value"))
            return [found.span("value"), *([becomes.span("value")] if becomes else [])]
    return _values_in_prose(text, at, end, name)


def _values_in_prose(text: str, at: int, end: int, name: str) -> list[Span]:
    following = _FOLLOWING if name in _PASSWORDS else _CODE if name in _CODES else _STATED
    if found := _pattern(following).match(text, end):
        return [found.span(found.lastgroup or 0)]
    begin = max(0, at - 400)
    if (found := _pattern(_VALUE_BEFORE).search(text[begin:at])) and not is_harmless(found["value"]):
        return [(begin + found.start("value"), begin + found.end("value"))]
    found = _pattern(_BESIDE).match(text, end)
    return [found.span("value")] if found and _is_secret(found["value"], name, is_prose=name not in _WHOLE_LINE) else []


def is_harmless(value: str) -> bool:
    """Whether what stands behind a sensitive name is no value: `required`, `***`, `3`."""
    return _pattern(_HARMLESS).fullmatch(value.strip()) is not None


def _is_said_of_a_header(value: str, name: str) -> bool:
    # of cookies, one may be called so
    return is_harmless(value) or (name == "authorization" and _pattern(_SAID_OF_HEADER).match(value) is not None)


def _is_secret(value: str, name: str, *, is_prose: bool) -> bool:
    if not value.strip() or value.startswith(HIDDEN) or is_harmless(value):
        return False
    if name == "pwd" and value.startswith(("/", "~")):
        # the working directory, which shells call so
        return False
    return not is_prose or (name not in _WORDS_FOLLOW and " " not in value) or _pattern(_LOOKS_RANDOM).fullmatch(value) is not None
