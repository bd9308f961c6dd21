"""What is noted while a scenario runs."""

import httpx
import pytest
from hamcrest import equal_to

from support.evidence import FILE
from support.evidence.entries import Entry, read_entries
from support.evidence.http import watched
from support.evidence.kinds import Kind
from support.evidence.recorder import LONGEST_DETAIL, Recorder, record
from support.waiting import NeverHappened, eventually


def noted(recorder: Recorder) -> list[Entry]:
    recorder.close()
    return read_entries(recorder.folder)


def test_without_a_scenario_nothing_is_noted() -> None:
    record(Kind.ERROR, "nobody listens")


def test_equal_entries_in_a_row_become_one_with_a_count(evidence: Recorder) -> None:
    for _ in range(3):
        record(Kind.REQUEST, "GET /a/", seconds=0.5)
    record(Kind.REQUEST, "GET /b/", seconds=0.5)
    record(Kind.REQUEST, "GET /a/", seconds=0.5)
    assert [(entry.what, entry.times, entry.seconds) for entry in noted(evidence)] == [
        ("GET /a/", 3, 1.5),
        ("GET /b/", 1, 0.5),
        ("GET /a/", 1, 0.5),
    ]


@pytest.mark.parametrize("length", [LONGEST_DETAIL - 10, 2 * LONGEST_DETAIL - 24, 2 * LONGEST_DETAIL - 16, 3 * LONGEST_DETAIL])
def test_no_part_of_a_secret_is_left_where_a_long_text_is_cut(evidence: Recorder, length: int) -> None:
    record(Kind.REQUEST, "POST /login/", f"{'a=b&' * (length // 4)}password=hunter2hunter2&{'c=d&' * LONGEST_DETAIL}")
    (entry,) = noted(evidence)
    assert "hunt" not in entry.detail
    assert len(entry.detail) < LONGEST_DETAIL + 30
    assert "characters)" in entry.detail


def test_secrets_and_addresses_are_hidden(evidence: Recorder) -> None:
    record(Kind.REQUEST, "POST /login/", "username=someone%40example.com&password=hunter2hunter2")
    (entry,) = noted(evidence)
    assert "someone" not in entry.detail
    assert "hunter2" not in entry.detail


def test_long_details_are_cut_and_say_so(evidence: Recorder) -> None:
    record(Kind.CALL, "upload", "word " * 1000)
    assert noted(evidence)[0].detail.endswith("(5000 characters)")


def test_an_entry_is_written_when_it_is_noted(evidence: Recorder) -> None:
    for _ in range(11):
        record(Kind.REQUEST, "GET /a/", seconds=0.1)
        assert read_entries(evidence.folder)[0].what == "GET /a/"
    (entry,) = read_entries(evidence.folder)
    assert entry.times == 11


def test_what_was_noted_before_a_kill_can_be_read(evidence: Recorder) -> None:
    record(Kind.STEP, "one")
    record(Kind.STEP, "two")
    # as a kill leaves it: the last line may be torn
    file = evidence.folder / FILE
    whole = file.read_text()
    file.write_text(whole[:-10])
    assert [entry.what for entry in read_entries(evidence.folder)] == ["one"]


def test_requests_and_answers_are_noted(evidence: Recorder) -> None:
    transport = httpx.MockTransport(lambda _request: httpx.Response(409, json={"message": "taken", "token": "abcdefghijk"}))
    with watched(httpx.Client(transport=transport, base_url="http://platform")) as client:
        client.post("/register/", json={"email": "a@example.com"})
    (entry,) = noted(evidence)
    assert (entry.kind, entry.what, entry.failed) == (Kind.REQUEST, "POST /register/", True)
    assert '-> 409 {"message":"taken"' in entry.detail
    assert "abcdefghijk" not in entry.detail
    assert "a@example" not in entry.detail


def test_of_an_answer_that_is_too_long_the_whole_shape_is_noted(evidence: Recorder) -> None:
    body = {"rows": ["x" * 3000, None], "seen_by": {"ada@example.com": 1}, "last": True}
    transport = httpx.MockTransport(lambda _request: httpx.Response(200, json=body))
    with watched(httpx.Client(transport=transport, base_url="http://platform")) as client:
        client.get("/datasets/")
    (entry,) = noted(evidence)
    assert len(entry.detail) < 2100
    assert entry.status == "200"
    assert {("rows", "list"), ("rows[]", "null"), ("last", "true or false")} < set(entry.shape)
    assert "ada@" not in str(entry.shape)


def test_what_says_of_itself_that_it_is_json_is_noted_as_such_with_its_kind(evidence: Recorder) -> None:
    kind = {"content-type": "application/problem+json; charset=utf-8"}
    transport = httpx.MockTransport(lambda _request: httpx.Response(409, content=b'{"title": "taken"}', headers=kind))
    with watched(httpx.Client(transport=transport, base_url="http://platform")) as client:
        client.get("/")
    (entry,) = noted(evidence)
    assert (entry.detail, entry.headers) == ('-> 409 {"title": "taken"}', ["content-type: application/problem+json"])


def test_files_are_noted_by_their_size_only(evidence: Recorder) -> None:
    transport = httpx.MockTransport(
        lambda _request: httpx.Response(200, content=b"\0" * 9, headers={"content-type": "application/octet-stream"})
    )
    with watched(httpx.Client(transport=transport, base_url="http://platform")) as client:
        client.get("/weights/")
    assert "(application/octet-stream, 9 bytes)" in noted(evidence)[0].detail


def test_waits_are_noted_with_what_they_saw(evidence: Recorder) -> None:
    eventually("the answer", lambda: 42, equal_to(42))
    with pytest.raises(NeverHappened):
        eventually("the question", lambda: "unknown", equal_to("known"), within=0.05)
    first, second = noted(evidence)
    assert (first.kind, first.what, first.failed) == (Kind.WAIT, "the answer", False)
    assert (second.what, second.failed) == ("the question", True)
    assert "'unknown'" in second.detail


def test_what_a_service_says_it_asked_of_others_is_kept_and_added_up(evidence: Recorder) -> None:
    def answer(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"Server-Timing": 'orders_db;desc="2"'})

    with watched(httpx.Client(transport=httpx.MockTransport(answer), base_url="http://orders"), "orders") as client:
        client.get("/")
        client.get("/")
    (entry,) = noted(evidence)
    assert (entry.times, entry.asked) == (2, {"orders_db": 4})
    assert "server-timing" not in entry.headers
