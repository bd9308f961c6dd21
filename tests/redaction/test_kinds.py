"""Every kind of secret leaves a text, and ordinary lines of a log stay as they are."""

import base64
import json
import random
import string
import time
import uuid
from base64 import b32encode, urlsafe_b64encode
from collections.abc import Callable

import pytest

from benchmarks.log_lines import ordinary_lines
from support.redaction import PSEUDONYM, Redactor, redact
from tests.redaction import kinds
from tests.redaction.further_kinds import FURTHER, ORDINARY

KINDS = kinds.KINDS | FURTHER
LINES, MOST_FALSE_ALARMS = 30_000, 3


def test_there_are_more_than_sixty_kinds() -> None:
    assert len(KINDS) > 60


@pytest.mark.parametrize("kind", KINDS)
def test_no_kind_of_secret_is_left(kind: str) -> None:
    text, secret = KINDS[kind]
    assert secret in text
    assert secret not in redact(text)
    gap = "\n" if kind.startswith("table: ") else " "
    assert secret not in redact(f"2026-01-02 03:04:05 INFO before{gap}{text}{gap}after\nnext line")


def test_no_kind_of_secret_is_left_amid_a_long_log() -> None:
    ordinary = "2026-01-01 03:04:05 INFO the next thing is done\n" * 200
    assert [kind for kind, (text, secret) in KINDS.items() if secret in redact(f"{ordinary}{text}\n\n{ordinary}")] == []


WAYS: dict[str, Callable[[str], str]] = {
    "behind words": lambda text: f"it said: {text}\nafter",
    "behind the words of a log": lambda text: f"WARNING:planted:{text}\nafter",
    "as Python's text of it": lambda text: f"it saw {text!r} there",
    "in Python's text of a dict": lambda text: repr({"rows": [text, "x"]}),
    "in JSON": lambda text: json.dumps({"log": text, "rows": 3}),
    "in JSON in JSON": lambda text: json.dumps({"body": json.dumps({"log": text, "rows": 3})}),
    "in the log of http.server": lambda text: (
        "127.0.0.1 - - [x] " + text.replace("\\", "\\\\").replace("\n", "\\x0a").replace("\t", "\\x09")
    ),
    "with the line ends of Windows": lambda text: text.replace("\n", "\r\n"),
} | {
    f"each line behind {before!r}": lambda text, before=before: "\n".join(before + line for line in text.split("\n"))  # type: ignore[misc]
    for before in ("    ", "2026-01-01 INFO ", "notes-1  | ", "> ", "# ", "E   ")
}


@pytest.mark.parametrize("way", WAYS)
def test_no_kind_of_secret_is_left_however_its_text_is_written(way: str) -> None:
    assert [kind for kind, (text, secret) in KINDS.items() if secret in redact(WAYS[way](text))] == []


def test_what_is_hidden_in_json_leaves_json() -> None:
    told = {"log": 'user,password\nada,hush-4711\n"quoted" \u00fc', "rows": 3}
    for ascii_only in (True, False):
        seen = json.loads(redact(json.dumps({"body": json.dumps(told, ensure_ascii=ascii_only)}, ensure_ascii=ascii_only)))
        assert json.loads(seen["body"]) == {**told, "log": 'user,password\nada,<redacted>\n"quoted" \u00fc'}


def test_lines_of_a_log_keep_their_own_words() -> None:
    lines = ["01:00 INFO begins", "01:01 INFO passwords:", "01:02 INFO   - hush-4711", "01:03 INFO   - hush-4712", "01:04 INFO rows: 3"]
    assert redact("\n".join(lines)).split("\n")[-1] == "01:04 INFO rows: 3"
    assert "hush" not in redact("\n".join(lines))


def ordinary_line(dice: random.Random) -> str:
    """A line as services write them, without anything secret."""
    digits = lambda count: "".join(dice.choices(string.digits, k=count))  # noqa: E731
    hexadecimal = lambda count: "".join(dice.choices("0123456789abcdef", k=count))  # noqa: E731
    word = lambda: "".join(dice.choices(string.ascii_lowercase, k=dice.randint(3, 10)))  # noqa: E731
    kinds: list[Callable[[], str]] = [
        lambda: f"commit {hexadecimal(40)} by {word()}, {digits(2)} files changed",
        lambda: f"image sha256:{hexadecimal(64)} pulled in {digits(2)}.{digits(3)} s",
        lambda: f"request {uuid.UUID(int=dice.getrandbits(128))} GET /{word()}/{hexadecimal(24)}/?page={digits(2)} -> 200",
        lambda: f"epoch {digits(2)} loss=0.{digits(4)} tokens={digits(6)} tokens_per_second: {digits(4)}.{digits(1)}",
        lambda: f'  File "/srv/{word()}/{word()}_{digits(2)}.py", line {digits(3)}, in {word()}_token',
        lambda: f"stored experiments/{hexadecimal(24)}/cycles/{digits(1)}/participants/{hexadecimal(24)}/weights.safetensors",
        lambda: f"pod train-{hexadecimal(24)}-c{digits(1)}-{hexadecimal(8)}-a1 Succeeded with exit code 0",
        lambda: f"artifact {b32encode(dice.randbytes(10)).decode()}/{urlsafe_b64encode(dice.randbytes(12)).decode()} kept",
        lambda: f"INFO key={word()}_{digits(3)} value={digits(6)} cache_key={hexadecimal(32)} primary_key=id",
        lambda: f"refused a token: {word().title()}{word().title()}: the token has an invalid signature",
        lambda: f"the token of the {word()} has expired, logging in again; token_scheme: Bearer",
        lambda: f"unexpected token: {word()} at line {digits(3)}",
        lambda: f"password is wrong for {word()}; authentication failed, authorization: required",
        lambda: f"listening on http://127.0.0.1:{digits(4)}/ and sb://127.0.0.1:{digits(4)}",
        lambda: f"installed {word()}@{digits(1)}.{digits(2)}.{digits(1)} from git@code.example:{word()}/{word()}.git",
        lambda: f"user@{digits(4)}.service: started, {word()}@2x.png loaded",
        lambda: f"session {uuid.UUID(int=dice.getrandbits(128))} of {word()} closed after {digits(3)} messages",
        lambda: f"{digits(4)}-01-02T03:04:05.{digits(6)}Z {word()}[{digits(5)}]: {' '.join(word() for _ in range(8))}",
        lambda: f"basic {word()} training of {word()} done, bearer of {word()} reached",
        lambda: f"GPU-{uuid.UUID(int=dice.getrandbits(128))} {digits(2)}C {digits(5)}MiB / {digits(5)}MiB PWD=/srv/{word()}",
        lambda: f"tokenizer/{word()}/model-{digits(5)}-of-{digits(5)}.safetensors: {digits(9)} bytes, crc32 {hexadecimal(8)}",
        lambda: f"| {word()} | {digits(3)} | {word()} |",
        lambda: f"{word()},{word()},tokens\n{word()},{digits(2)},{digits(6)}\n{word()},{digits(2)},{digits(6)}",
        lambda: f"NAME       TOKENS   LOSS\n{word():10} {digits(6)}   0.{digits(4)}",
        lambda: f"{word()},token,{word()}\n{digits(3)},{digits(6)},{digits(3)}",
        lambda: f"{word()}:{digits(4)}:{word()}:{word()}:{word()} {hexadecimal(2)}:{digits(2)}:ab:cd:ef:01",
        lambda: f"docker run -p {digits(4)}:{digits(4)} -u {word()} {word()}; mkdir -p /srv/{word()}; kubectl patch {word()} -p '{{}}'",
        lambda: f"environments/platforms/{word()}/{word().title()}{digits(2)}/{word()}{word().title()}/{word()}",
        lambda: f"integrity sha512-{base64.b64encode(dice.randbytes(64)).decode()}",
        lambda: f"integrity sha256-{base64.b64encode(dice.randbytes(32)).decode()}",
        lambda: f"INFO | {word()} | invalid token\nINFO | {word()} | started\nINFO | {word()} | pass: {digits(4)} fail: {digits(3)}",
        lambda: f"Invalid password, try again\n{word()}, {word()} {word()}",
        lambda: f"GET /keys/{word()}/ /login/{word()} /auth/{word()}-{word()} ?next=/reset/{word()} -> 302",
        lambda: f"usage: {word()} [--password PASSWORD]\n  --password PASSWORD  the password of the {word()}\n  --token    the token",
        lambda: f"kind: ConfigMap\ndata:\n  {word()}: {word()}{digits(3)}\n",
        lambda: f"state={base64.b64encode(dice.randbytes(18)).decode()} etag {hexadecimal(32)}-{digits(2)} {word()}_key={digits(5)}",
        lambda: f"the password of {word()} has expired; passwords are 12 to 200 letters; token is {digits(3)} letters",
        lambda: f"columns password_hash, token_hash of accounts -- {digits(2)} rows",
    ]  # fmt: skip
    return dice.choice(kinds)()


def test_at_most_one_ordinary_line_in_ten_thousand_is_taken_for_a_secret() -> None:
    dice = random.Random(20)  # noqa: S311 - the same lines in each run
    changed = [(line, redact(line)) for line in (ordinary_line(dice) for _ in range(LINES)) if redact(line) != line]
    assert len(changed) <= MOST_FALSE_ALARMS, changed[:10]


@pytest.mark.parametrize("text", ORDINARY)
def test_what_is_like_a_secret_and_is_none_stays(text: str) -> None:
    assert redact(text) == text


def test_no_line_of_the_benchmark_is_taken_for_a_secret() -> None:
    assert [line for _, line in ordinary_lines(2_000, seed=2) if redact(line) != line] == []


@pytest.mark.parametrize("header", ["Cookie: none; sid={}", "Authorization: Bearer, {}", "Authorization: missing, Cookie: sid={}"])
def test_what_is_said_of_a_header_hides_no_other_part_of_it(header: str) -> None:
    assert "hush" not in redact(header.format("hush-1234abcd"))


@pytest.mark.parametrize(
    "text",
    [
        "a" * 300_000,
        "a." * 150_000,
        "aGk+" * 75_000 + " private key",
        "password: \"" * 20_000,
        "a://b:c" * 30_000,
        "token>" * 40_000,
        "x@" * 100_000,
        f"{'A' * 64}\n" * 4_000 + "private key",
        "Cookie: a; " * 20_000,
        '\\"password' * 30_000,
        '"password\\n' * 30_000,
        "password: \\n" * 30_000,
        "12:00 INFO token:\n" * 20_000,
        "a | token\n" * 20_000,
        "\\" * 200_000 + "token\\n",
        "eyJhbGciOiJIUzI1NiJ9" + "\nA1-------------------" * 10_000,
        "token\n" + "--END \n" * 20_000,
    ],
)  # fmt: skip
def test_no_text_takes_long(text: str) -> None:
    began = time.process_time()
    redact(text)
    assert time.process_time() - began < 5


def test_what_is_known_is_found_however_it_is_written() -> None:
    redactor = Redactor()
    redactor.learn('a"b&c/d é?')
    for written in (
        'a\\\\\\"b&c/d \\\\u00e9?',
        "a%2522b%2526c%252Fd%2520%25C3%25A9%253F",
        "a&amp;quot;b&amp;amp;c/d é?",
        'a"b&c/d é?'.encode().hex(),
        'a"b&c/d é?',
        "a%22b%26c/d%20%C3%A9%3F",
        "a%22b%26c%2Fd%20%C3%A9%3F",
        'a\\"b&c/d \\u00e9?',
        "a&quot;b&amp;c/d é?",
    ):
        assert redactor.redact(f"before {written} after") == "before <redacted> after"


@pytest.mark.parametrize("user", ["a", "ab", "abc", "abcd"])
def test_what_is_known_is_found_in_base64(user: str) -> None:
    redactor = Redactor()
    redactor.learn("correct-horse")
    encoded = urlsafe_b64encode(f"{user}:correct-horse".encode()).decode()
    assert redactor.redact(f"user {encoded}, rows 3") == "user <redacted>, rows 3"


def test_people_are_told_apart_by_pseudonyms_that_stay() -> None:
    first, second = redact("ada@hospital.example joined"), redact("ben@hospital.example joined")
    assert first != second
    assert first == redact("ADA%40hospital.example joined")
    assert "hospital" not in first


@pytest.mark.parametrize(
    "written",
    [
        "{}%2540{}",
        "{}\\u0040{}",
        "{}&#64;{}",
        "{}&#x40;{}",
        "{}\uff20{}",
        "mailto:{}@{}",
        '"{} l"@{}',
        "https://{}@{}/x",
        "/accounts/{}@{}/",
    ],
)
def test_an_address_is_found_however_it_is_written(written: str) -> None:
    assert "hospital" not in redact(f"sent to {written.format('ada', 'hospital.example')} now")


def test_an_address_without_a_name_of_a_domain_is_hidden_too() -> None:
    assert "10.1.2.3" not in redact("sent to ada@[10.1.2.3] now")


def test_people_whose_role_is_known_are_called_by_it() -> None:
    redactor = Redactor()
    redactor.learn_person("Ada.7@hospital.example", "the owner")
    for address in ("Ada.7@hospital.example", "ada.7@hospital.example", "ada.7%40hospital.example"):
        assert redactor.redact(f"invited {address} by mail") == "invited <the owner's address> by mail"


@pytest.mark.parametrize("longer", ["ada.lovelace+qa@hospital.example", "ada.lovelace%2Bqa%40hospital.example", "ada-qa@hospital.example"])
def test_nothing_is_left_of_an_address_that_ends_with_a_known_one(longer: str) -> None:
    redactor = Redactor()
    redactor.learn_person("qa@hospital.example", "the owner")
    assert PSEUDONYM.sub("X", redactor.redact(f"mail to {longer} failed, qa@hospital.example too")) == "mail to X failed, X too"
