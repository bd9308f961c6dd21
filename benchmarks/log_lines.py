"""Ordinary lines as services, libraries and clusters write them, made by chance from a seed, none with a secret."""

import json
import random
import string
import uuid
from collections.abc import Callable, Iterator

_WORDS = (
    "averaging", "client", "cycle", "dataset", "edge", "epoch", "experiment", "gateway", "ingest", "job", "leaderboard", "message", "model",
    "node", "owner", "pod", "queue", "report", "request", "result", "rows", "session", "submission", "team", "token", "training", "upload",
    "user", "weights", "worker",
)  # fmt: skip
_LOGGERS = ("backend.accounts", "averaging.rounds", "uvicorn.error", "jobs_manager", "requests_proxy.flops", "azure.servicebus._pyamqp")
_LEVELS = ("DEBUG", "INFO", "INFO", "INFO", "WARNING")


class Chance:
    """What differs from line to line."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)  # noqa: S311 - no secret is made of it

    def of(self, letters: str, count: int) -> str:
        """So many of these letters."""
        return "".join(self._dice.choices(letters, k=count))

    def digits(self, count: int) -> str:
        """A figure of so many digits, the first of which is not 0."""
        return self.of("123456789", 1) + self.of(string.digits, count - 1)

    def hexadecimal(self, count: int) -> str:
        """So many hexadecimal digits, as ids and digests have them."""
        return self.of("0123456789abcdef", count)

    def uuid(self) -> str:
        """An id of a request or a message."""
        return str(uuid.UUID(int=self._dice.getrandbits(128), version=4))

    def words(self, count: int) -> str:
        """So many words of the field."""
        return " ".join(self._dice.choices(_WORDS, k=count))

    def one(self, choices: tuple[str, ...]) -> str:
        """One of these."""
        return self._dice.choice(choices)

    def time(self) -> str:
        """A moment of one day, to the millisecond."""
        return f"2026-11-28T{self._dice.randint(10, 23)}:{self._dice.randint(10, 59)}:{self._dice.randint(10, 59)}.{self.digits(3)}"


Kind = Callable[[Chance], str]
KINDS: dict[str, Kind] = {
    "Python's logging": lambda c: f"{c.time()} {c.one(_LEVELS)} {c.one(_LOGGERS)}: {c.words(6)} {c.digits(4)}",
    "JSON": lambda c: json.dumps(
        {"time": c.time(), "level": c.one(_LEVELS), "logger": c.one(_LOGGERS), "message": c.words(5), "request_id": c.uuid(), "rows": 60}
    ),
    "keys and values": lambda c: f'ts={c.time()}Z level=info caller={c.words(1)}.go:{c.digits(3)} msg="{c.words(4)}" took=0.{c.digits(4)}s',
    "access log": lambda c: f'127.0.0.1:{c.digits(5)} - "GET /experiments/{c.uuid()}/cycles?page={c.digits(1)} HTTP/1.1" 200 OK',
    "nginx": lambda c: (
        f'10.2.{c.digits(2)}.7 - - [28/Nov/2026:10:{c.digits(2)}:07 +0000] "POST /api/edges/{c.digits(4)}/heartbeat HTTP/1.1" 204 0 "-" '
        f'"python-httpx/0.28.1" {c.digits(3)} 0.{c.digits(3)} [{c.words(1)}-8000] 10.2.0.9:8000 0 {c.hexadecimal(32)}'
    ),
    "training": lambda c: f"epoch {c.digits(1)}/10: loss=0.{c.digits(4)} accuracy=0.{c.digits(4)} tokens={c.digits(6)} {c.digits(3)} ms",
    "event of a cluster": lambda c: (
        f"{c.digits(1)}m{c.digits(2)}s  Normal  Created  pod/train-{c.hexadecimal(10)}-abcde  Created container"
    ),
    "table of a cluster": lambda c: f"train-{c.hexadecimal(24)}-c1-{c.hexadecimal(8)}-a1   0/1     Completed   0          {c.digits(2)}s",
    "kubelet": lambda c: (
        f'I1128 10:{c.digits(2)}:07.{c.digits(6)} {c.digits(4)} kubelet.go:{c.digits(4)}] "SyncLoop" pod="e2e-test-ns/{c.words(1)}-0" '
        f'event={{"ID":"{c.uuid()}","Type":"ContainerStarted","Data":"{c.hexadecimal(64)}"}}'
    ),
    "image": lambda c: f"{c.hexadecimal(12)}: Pull complete; Digest: sha256:{c.hexadecimal(64)}",
    "AMQP": lambda c: f"{c.time()} DEBUG [Link: {c.uuid()}] -> TransferFrame(delivery_id={c.digits(3)}, delivery_tag=b'{c.digits(5)}')",
    "object store": lambda c: (
        f"{c.time()} stored experiments/{c.hexadecimal(24)}/cycles/{c.digits(1)}/participants/{c.hexadecimal(24)}/weights.safetensors, "
        f"{c.digits(7)} bytes, etag {c.hexadecimal(32)}"
    ),
    "database": lambda c: f"2026-11-28 10:{c.digits(2)}:07 {c.digits(2)} [Note] InnoDB: log sequence number {c.digits(8)}",
    "systemd": lambda c: (
        f"Nov 28 10:{c.digits(2)}:07 node-{c.digits(2)} systemd[1]: Started {c.words(1)}@{c.digits(3)}.service, {c.words(3)}."
    ),
    "trace": lambda c: f'  File "/srv/{c.words(1)}/site-packages/{c.words(1)}/_{c.words(1)}.py", line {c.digits(3)}, in read_{c.words(1)}',
    "words that name secrets": lambda c: (
        f"{c.time()} WARNING {c.one(_LOGGERS)}: the token of the {c.words(1)} has expired, logging in again; password unchanged, "
        f"authorization: required, api_key=None, {c.digits(2)} cookies"
    ),
    "installation": lambda c: f"Downloading {c.words(1)}-{c.digits(1)}.{c.digits(2)}.0-cp311-manylinux_2_17_x86_64.whl ({c.digits(3)} kB)",
    "commit": lambda c: f"{c.hexadecimal(40)} refs/heads/{c.words(1)}-{c.digits(4)}; build {c.digits(5)} of {c.words(2)}",
    "identity": lambda c: f"correlation_id={c.uuid()} traceparent=00-{c.hexadecimal(32)}-{c.hexadecimal(16)}-01 partition_key={c.words(1)}",
    "table of Markdown": lambda c: f"| {c.words(1)} | {c.words(2)} | {c.digits(4)} | 0.{c.digits(3)} | {c.digits(2)} s |",
}
"""By what writes them."""


def ordinary_lines(count: int, seed: int = 1) -> Iterator[tuple[str, str]]:
    """So many different lines, each kind as often as the others, with the kind's name; the same for the same seed."""
    chance, names = Chance(seed), list(KINDS)
    for number in range(count):
        name = names[number % len(names)]
        yield name, KINDS[name](chance)
