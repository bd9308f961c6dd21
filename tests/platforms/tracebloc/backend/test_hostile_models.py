"""A model file that is made to be hard to read keeps nobody waiting, and takes none of the backend's memory."""

import io
import threading
import time
import zipfile

import psutil
import pytest

from environments.platforms.tracebloc.backend.errors import Refusal
from environments.platforms.tracebloc.backend.models.files import Turns, UnreadableModel, header_of
from support.waiting import eventually
from tests.platforms.tracebloc.backend.people import MODEL, Person, RunningBackend

SIZE = 780 * 1024
MEBIBYTE = 2**20


def zipped(*sources: bytes) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        for number, source in enumerate(sources):
            opened.writestr(f"{number}.py", source)
    return archive.getvalue()


HOSTILE = {
    "many numbers": MODEL + b"a = [" + b"0," * (SIZE // 2) + b"]",
    "many additions": MODEL + b"a = " + b"1+" * (SIZE // 2) + b"1",
    "many signs": MODEL + b"a = " + b"-" * SIZE + b"1",
    "many brackets": MODEL + b"a = " + b"[" * SIZE,
    "many names": MODEL + b"a=" * (SIZE // 2) + b"1",
    "many statements": MODEL + b"a\n" * (SIZE // 2),
    "many powers": MODEL + b"a = 9" + b"**9" * 200,
    "a long number": MODEL + b"a = " + b"9" * SIZE,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_read_or_refused_in_time(kind: str) -> None:
    began, before = time.monotonic(), psutil.Process().memory_info().rss
    try:
        header = header_of("model.py", HOSTILE[kind])
    except UnreadableModel:
        header = {}
    assert header.get("framework", "pytorch") == "pytorch"
    assert time.monotonic() - began < 10
    assert psutil.Process().memory_info().rss - before < 50 * MEBIBYTE


@pytest.mark.parametrize("content", [b"", b"PK", zipped(b"x" * 6_000_000), zipped(*[b"a = 1"] * 1001)[:-1], b"PK\x05\x06" + b"\xff" * 18])
def test_an_archive_that_cannot_be_read_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(UnreadableModel, match=r"The (archive|model)"):
        header_of("model.zip", content)


def test_what_a_file_says_is_read_wherever_it_is() -> None:
    assert header_of("model.py", MODEL)["output_classes"] == 3
    assert header_of("model.zip", zipped(b"a = 1", MODEL))["framework"] == "pytorch"
    odd = (
        MODEL
        + rb"""
low, half, long, flag = -3, "\ud800", "a", True
negative = -3
text = "\ud800"
huge = 10000000000000000000000
flag = True
other.name = 3
"""
    )
    header = header_of("model.py", odd)
    assert (header["negative"], header["flag"]) == (-3, True)
    assert not {"text", "huge", "low"} & set(header)


def test_what_takes_too_much_to_read_is_refused_in_words() -> None:
    with pytest.raises(UnreadableModel, match="too much memory"):
        header_of("model.py", MODEL + b"a = [" + b"0," * 2_400_000 + b"]")


def test_others_are_answered_while_a_hostile_file_is_read(backend: RunningBackend, person: Person) -> None:
    process = psutil.Process(backend.process.pid)
    before, slowest, largest = process.memory_info().rss, 0.0, 0
    files = {"upload_file": ("net.py", HOSTILE["many statements"])}
    data = {"model_name": "net", "set_weights": "False", "type": "functional_test"}
    uploading = threading.Thread(target=person.client.post, args=("/check-model/",), kwargs={"data": data, "files": files, "timeout": 30})
    uploading.start()
    with backend.anonymous() as client:
        while uploading.is_alive():
            began = time.monotonic()
            assert client.get("/healthz").status_code == 200
            slowest = max(slowest, time.monotonic() - began)
            largest = max(largest, process.memory_info().rss - before)
    uploading.join()
    assert slowest < 2
    assert largest < 100 * MEBIBYTE


def test_nobody_has_more_than_their_turns() -> None:
    turns, together, most, lock = Turns(2, waiting=3), 0, 0, threading.Lock()
    let_go = threading.Event()

    def one() -> None:
        nonlocal together, most
        with turns.one(1):
            with lock:
                together += 1
                most = max(most, together)
            let_go.wait(10)
            with lock:
                together -= 1

    everybody = [threading.Thread(target=one) for _ in range(5)]
    for thread in everybody:
        thread.start()
    eventually("all to have asked", lambda: turns._asking[1], lambda asking: asking == 5)
    with pytest.raises(Refusal) as refused, turns.one(1):
        pass
    assert refused.value.status == 429
    with turns.one(2):
        let_go.set()
    for thread in everybody:
        thread.join(10)
    assert (most, together) == (2, 0)
    assert not turns._asking
    with turns.one(1):
        pass
