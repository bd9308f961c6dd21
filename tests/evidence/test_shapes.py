"""An answer is compared by its fields and their kinds, a text without what each run has of its own."""

import pytest

from support.evidence.shapes import answer_of, fields_of, without_values


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("GET /experiments/7902d6ed3dcec87819c680ab/", "GET /experiments/d165d10f6cd868147555cfd7/"),
        ("GET /use-cases/12/", "GET /use-cases/7/"),
        ("e2e-test-2b94e3c1-use-case-1 is there", "e2e-test-00000000-use-case-1 is there"),
        ("1b4e28ba-2fa1-11d2-883f-0016d3cca427", "6fa459ea-ee8a-3ca4-894e-db77e160355e"),
        ("accuracy 0.969 after 1.2e-05 s", "accuracy 0.5 after 3 s"),
        ("ingest-job-1cdfdb90b0aa ends", "ingest-job-cbcfbfaadae0 ends"),
        ("at http://127.0.0.1:4711/", "at http://127.0.0.1:4712/"),
    ],
)
def test_what_is_another_in_each_run_makes_no_difference(one: str, other: str) -> None:
    assert without_values(one) == without_values(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("GET /experiments/", "GET /experiment/"),
        ("no compute budget left.", "no compute budget left. (code: BUDGET_EXHAUSTED)"),
        ("the participant logs in", "the participant signs up"),
    ],
)
def test_words_make_one(one: str, other: str) -> None:
    assert without_values(one) != without_values(other)


def test_the_answer_is_told_from_the_request() -> None:
    assert answer_of('{"a": 1} -> 201 {"b": 2}') == ("201", '{"b": 2}')
    assert answer_of("-> 204") == ("204", "")
    assert answer_of("a wait") is None


def test_fields_are_paths_with_kinds() -> None:
    body = '{"count": 2, "results": [{"rank": 1, "team": "x"}, {"rank": null}], "per_edge": {"7902d6ed3dcec87819c680ab": true}}'
    assert fields_of(body) == {
        ("the whole answer", "set of fields"),
        ("count", "number"),
        ("results", "list"),
        ("results[]", "set of fields"),
        ("per_edge", "set of fields"),
        ("results[].rank", "number"),
        ("results[].rank", "null"),
        ("results[].team", "text"),
        ("per_edge.…", "true or false"),
    }
    assert fields_of('["2026-11-28T04:16:40.25+00:00", "2026-11-28T04:16", "2026-11-28"]') == {
        ("the whole answer", "list"),
        ("[]", "time with a zone"),
        ("[]", "time without a zone"),
        ("[]", "text"),
    }
    assert fields_of("not JSON") == frozenset()
    assert fields_of('{"cut off": ') == frozenset()
