"""Texts that have their lines and quotes only once they are read: in literals of JSON and Python, and behind the words of a log.

They are read, redacted and written again as they were. Source: our choice of ways.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice, takewhile

from support.redaction.assignments import may_name_secrets

Redact = Callable[[str], str]
LONGEST_BLOCK = 500
"""Lines."""
MOST_WORDS = 12
"""Before a line of a log, and one more."""
_LITERAL = re.compile(r"(?<![\\\w])(?P<begin>[bru]{0,2}(?P<quote>[\"']))(?P<content>(?:(?!(?P=quote))[^\\\n]|\\.)*)(?P=quote)")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|U([0-9a-fA-F]{8})|(.))", re.DOTALL)
_LETTERS = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "0": "\0"}
_WRITTEN = {read: f"\\{letter}" for letter, read in _LETTERS.items() if letter != "0"} | {"\\": "\\\\"}
_LOGGED = re.compile(r"(?:[^\\]|\\\\|\\x[0-9a-f]{2})*")
_LOGGED_AS = {chr(code): f"\\x{code:02x}" for code in (*range(32), *range(127, 160))} | {"\\": "\\\\"}
"""Source: http.server of Python 3.11."""
_WORD = re.compile(r"\s*\S+")
_DIGITS = re.compile(r"\d+")
_OPENS = re.compile(
    r"(?::[ \t]*(?:[|>][+-]?)?|\bname:[ \t]*\S+|\bkind:[ \t]*Secret\w*|\bname=\"[^\"]*\")[ \t]*$|</key>[ \t]*$|--END .*--|\||\t|\S {2,}\S"
    r"|\s-field[=\s]|\s\\$"
)
"""A line whose next ones may say what its name is of."""


def redact_as_read(text: str, redact: Redact) -> str:
    """The text without the secrets that `redact` finds in what it says once it is read."""
    if "\r\n" in text and text.count("\n") == text.count("\r\n"):
        return redact(text.replace("\r\n", "\n")).replace("\n", "\r\n")
    if "\\" in text:
        text = "\n".join(_line_rewritten(line, redact) if "\\" in line and _may_name_secrets(line) else line for line in text.split("\n"))
    return _redact_behind_words(text, redact) if "\n" in text else text


def _may_name_secrets(text: str) -> bool:
    return "\\u" in text or may_name_secrets(text.lower())


def _rewritten(found: re.Match[str], redact: Redact) -> str:
    content = found["content"]
    if "\\" not in content or not _may_name_secrets(content):
        return found[0]
    read = _ESCAPE.sub(_read, content)
    safe = redact(read)
    return found[0] if safe == read else f"{found['begin']}{_written(safe, found['quote'], in_ascii=content.isascii())}{found['quote']}"


def _read(found: re.Match[str]) -> str:
    if code := found[1] or found[2] or found[3]:
        return chr(int(code, 16)) if int(code, 16) <= 0x10FFFF else found[0]
    return _LETTERS.get(found[4], found[4] if found[4] in "\\\"'/`" else found[0])


def _written(text: str, quote: str, *, in_ascii: bool) -> str:
    def written(letter: str) -> str:
        if letter in _WRITTEN:
            return _WRITTEN[letter]
        if letter == quote:
            return f"\\{quote}"
        if letter < " " or "\ud800" <= letter <= "\udfff" or (in_ascii and "\x7f" <= letter <= "\uffff"):
            return f"\\u{ord(letter):04x}"
        return letter

    return "".join(map(written, text))


def _line_rewritten(line: str, redact: Redact) -> str:
    """A line in which line ends, or all that is no letter, are escaped outside of quotes."""
    line = _LITERAL.sub(lambda found: _rewritten(found, redact), line)
    if _LOGGED.fullmatch(line):
        read = _ESCAPE.sub(_read, line)
        safe = redact(read)
        return line if safe == read else "".join(_LOGGED_AS.get(letter, letter) for letter in safe)
    if "\\n" not in _LITERAL.sub("", line):
        return line
    read = line.replace("\\n", "\n")
    safe = redact(read)
    return line if safe == read else safe.replace("\n", "\\n")


def _redact_behind_words(text: str, redact: Redact) -> str:
    """Lines that each begin with the same words, but for figures, as in a log: without them, they may be a table or a list."""
    lines, shown, done = text.split("\n"), [], 0
    for begin, end, words in _blocks(lines):
        before = [_words(line, words) for line in lines[begin:end]]
        read = [line[len(said) :] for line, said in zip(lines[begin:end], before, strict=True)]
        safe = redact("\n".join(read)).split("\n")
        if safe != read:
            same = len(list(takewhile(lambda pair: pair[0] == pair[1], zip(safe, read, strict=False))))
            # several lines may have become one
            kept = [*before[: same + 1], *before[len(before) - len(safe) + same + 1 :]]
            shown += [*lines[done:begin], *(said + line for said, line in zip(kept, safe, strict=False))]
            done = end
    return "\n".join([*shown, *lines[done:]]) if shown else text


def _blocks(lines: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """Where lines with the same words before them begin and end, from one on that names a secret, and how many words these are."""
    done = 0
    for number in range(len(lines)):
        line = lines[number]
        if number < done or not may_name_secrets(line.lower()) or not _OPENS.search(line):
            continue
        is_end = "--END " in line
        first, second = _shapes(line), _shapes("".join(lines[number - 1 : number] if is_end else lines[number + 1 : number + 2]))
        words = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(first, second, strict=False)))
        if words and len(first) > words:
            begin, last, done = number, done, number + 1
            while begin > last and is_end and _shapes(lines[begin - 1])[:words] == first[:words]:
                begin -= 1
            while done < min(len(lines), number + LONGEST_BLOCK) and _shapes(lines[done])[:words] == first[:words]:
                done += 1
            yield begin, done, words


def _shapes(line: str) -> list[str]:
    return [_DIGITS.sub("0", word[0]) for word in islice(_WORD.finditer(line), MOST_WORDS)]


def _words(line: str, count: int) -> str:
    """The line's first words with what is before them, and one space behind."""
    end = 0
    for _ in range(count):
        if found := _WORD.match(line, end):
            end = found.end()
    return line[: end + 1]
