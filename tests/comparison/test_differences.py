"""Ten seeded differences between two runs are found, each once, and nothing else."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support.comparison.differences import Difference, differences, explained, same_on_both, why_nothing_compared
from support.comparison.known import WrongKnownDifferences, read_known
from support.comparison.observations import observe
from support.evidence import FILE
from support.evidence.entries import Entry
from support.evidence.kinds import Kind
from support.results.identity import Identity
from support.results.run_record import RunRecord
from support.results.scenario_result import PartResult, ScenarioResult, Status, StepResult, Weight
from support.story import PartOutcome

Answers = dict[str, tuple[int, Any]]
REFERENCE: Answers = {
    "GET /orders/41/": (200, {"id": 41, "items": [{"price": 2.5, "note": None}], "open": True}),
    "POST /orders/": (201, {"id": 41, "state": "new"}),
    "DELETE /orders/41/": (204, None),
}


def result(name: str, status: Status = Status.PASSED, reason: str | None = None, part: str = "an order is made: 41") -> ScenarioResult:
    step = StepResult("When it is ordered", status, parts=(PartResult(part, PartOutcome.DONE, 0.1, 1.0),))
    return ScenarioResult(
        identity=Identity("features/shop/a.feature", name),
        name=name,
        keyword="Scenario",
        location="features/shop/a.feature:3",
        feature="Orders",
        tags=(),
        own_tags=(),
        description="",
        parameters=(),
        weight=Weight.BLOCKS,
        status=status,
        reason=reason,
        evidence=f"scenarios/{name}",
        steps=(step,),
    )


def write_run(folder: Path, results: list[ScenarioResult], answers: Answers) -> Path:
    folder.mkdir()
    for one in results:
        (folder / "scenarios" / one.name).mkdir(parents=True)
        entries = [
            Entry(kind=Kind.REQUEST, what=what, detail=f"{{}} -> {status} {'' if body is None else json.dumps(body)}".strip())
            for what, (status, body) in answers.items()
        ]
        (folder / "scenarios" / one.name / FILE).write_text("".join(entry.model_dump_json() + "\n" for entry in entries))
    RunRecord("r", "embedded", None, 1, None, None, "", 0.0, 0.0, 0.0, 0.0, 0, scenarios=results).write(folder)
    return folder


def found(tmp_path: Path, answers: Answers, *, results: list[ScenarioResult] | None = None, words: bool = False) -> list[str]:
    one = write_run(tmp_path / "one", [result("orders"), result("pays")], REFERENCE)
    other = write_run(tmp_path / "other", results or [result("orders"), result("pays")], answers)
    return [f"{each.where}: {each.what}" for each in differences(*observe(("here", "there"), (one, other)), words=words)]


def changed(what: str, status: int, change: Callable[[Any], Any]) -> Answers:
    return REFERENCE | {what: (status, change(json.loads(json.dumps(REFERENCE[what][1]))))}


def test_equal_runs_do_not_differ_whatever_their_values(tmp_path: Path) -> None:
    answers = REFERENCE | {"GET /orders/7/": (200, {"id": 7, "items": [], "open": False})}
    del answers["GET /orders/41/"]
    assert found(tmp_path, answers, words=True) == []


@pytest.mark.parametrize(
    ("answers", "difference"),
    [
        (
            changed("POST /orders/", 200, lambda body: body),
            ["POST /orders/: answered 200 on there only", "POST /orders/: answered 201 on here only"],
        ),
        (
            changed("POST /orders/", 201, lambda body: {"number" if name == "id" else name: value for name, value in body.items()}),
            [
                "POST /orders/: the field `id` is there on here only (answer 201)",
                "POST /orders/: the field `number` is there on there only (answer 201)",
            ],
        ),
        (
            changed("POST /orders/", 201, lambda body: body | {"id": "41"}),
            ["POST /orders/: the field `id` is number on here, text on there (answer 201)"],
        ),
        (
            changed("GET /orders/41/", 200, lambda body: body | {"items": [{"price": 2.5}]}),
            ["GET /orders/…/: the field `items[].note` is there on here only (answer 200)"],
        ),
        (
            changed("GET /orders/41/", 200, lambda body: body | {"more": None}),
            ["GET /orders/…/: the field `more` is there on there only (answer 200)"],
        ),
        (
            changed("GET /orders/41/", 200, lambda body: body | {"open": "yes"}),
            ["GET /orders/…/: the field `open` is true or false on here, text on there (answer 200)"],
        ),
    ],
)
def test_another_answer_is_found(tmp_path: Path, answers: Answers, difference: list[str]) -> None:
    assert found(tmp_path, answers) == difference


@pytest.mark.parametrize(
    ("state", "difference"),
    [
        ("NEW", ["POST /orders/: the field `state` says new on here, NEW on there (answer 201)"]),
        ("in_progress", ["POST /orders/: the field `state` says new on here, in_progress on there (answer 201)"]),
        # no words that a reader could know
        ("new!", []),
        ("7", []),
        ("two words", []),
    ],
)
def test_another_word_for_a_state_is_found(tmp_path: Path, state: str, difference: list[str]) -> None:
    assert found(tmp_path, changed("POST /orders/", 201, lambda body: body | {"state": state})) == difference


def test_a_state_that_both_have_seen_is_no_difference(tmp_path: Path) -> None:
    early = {f"GET /orders/{number}/": (200, {"state": state}) for number, state in enumerate(("new", "baking", "done"))}
    late = {"GET /orders/7/": (200, {"state": "done"})}
    folders = [write_run(tmp_path / name, [result("orders")], answers) for name, answers in (("one", early), ("other", late))]
    assert differences(*observe(("here", "there"), (folders[0], folders[1]))) == []


def test_a_field_of_many_words_holds_no_state(tmp_path: Path) -> None:
    names = [[f"{letter}nn" for letter in letters] for letters in ("abcde", "vwxyz")]
    answers = [{f"GET /people/{number}/": (200, {"name": name}) for number, name in enumerate(each)} for each in names]
    folders = [write_run(tmp_path / str(number), [result("orders")], each) for number, each in enumerate(answers)]
    assert differences(*observe(("here", "there"), (folders[0], folders[1]))) == []


def test_an_empty_list_says_nothing_of_what_would_be_in_it(tmp_path: Path) -> None:
    answers = [{"GET /orders/": (200, {"tags": tags, "items": items})} for tags, items in (([], [{"id": 1}]), (["sweet"], []))]
    folders = [write_run(tmp_path / str(number), [result("orders")], each) for number, each in enumerate(answers)]
    assert differences(*observe(("here", "there"), (folders[0], folders[1]))) == []


def test_what_holds_fields_is_told_once_when_it_is_missing(tmp_path: Path) -> None:
    answers = [{"GET /orders/": (200, body)} for body in ({"cake": {"size": 1, "taste": "sweet"}, "id": 1}, {"id": 2})]
    folders = [write_run(tmp_path / str(number), [result("orders")], each) for number, each in enumerate(answers)]
    told = [each.what for each in differences(*observe(("here", "there"), (folders[0], folders[1])))]
    assert told == ["the field `cake` is there on here only (answer 200)"]


def test_a_field_that_is_null_in_one_run_says_nothing_of_its_kind(tmp_path: Path) -> None:
    noted = changed("GET /orders/41/", 200, lambda body: body | {"items": [{"price": 2.5, "note": "a gift"}]})
    assert found(tmp_path, noted) == []


@pytest.mark.parametrize(
    ("results", "difference"),
    [
        ([result("orders"), result("pays", Status.FAILED)], ["features/shop/a.feature: pays: passed on here, failed on there"]),
        (
            [result("orders"), result("pays", Status.SKIPPED, "needs money: there is none")],
            ["features/shop/a.feature: pays: skipped on there: needs money: there is none"],
        ),
        ([result("orders")], ["features/shop/a.feature: pays: only on here"]),
    ],
)
def test_another_outcome_is_found(tmp_path: Path, results: list[ScenarioResult], difference: list[str]) -> None:
    assert found(tmp_path, REFERENCE, results=results) == difference


def test_other_words_are_found_where_they_are_asked_for(tmp_path: Path) -> None:
    results = [result("orders", part="an order is booked: 17"), result("pays")]
    assert found(tmp_path, REFERENCE, results=results, words=True) == [
        "features/shop/a.feature: orders: said on there only: When it is ordered: an order is booked: …",
        "features/shop/a.feature: orders: said on here only: When it is ordered: an order is made: …",
    ]


def test_a_known_difference_keeps_its_reason(tmp_path: Path) -> None:
    file = tmp_path / "known.toml"
    file.write_text('[[known]]\nwhere = "POST /orders/"\nwhat = "answered 200 on there only"\nreason = "issue 7"\n')
    given = [Difference("POST /orders/", "answered 200 on there only"), Difference("POST /orders/", "answered 500 on there only")]
    assert [one.reason for one in explained(given, read_known(file))] == ["issue 7", None]
    assert read_known(tmp_path / "none.toml") == {}


@pytest.mark.parametrize(
    "text", ["[[known]]\nwhere = 'x'\nwhat = 'y'\n", "[[known]]\nwhere = 'x'\nwhat = 'y'\nreason = ' '\n", "known = 3", "x ="]
)
def test_a_difference_without_a_reason_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "known.toml").write_text(text)
    with pytest.raises(WrongKnownDifferences, match=r"known\.toml"):
        read_known(tmp_path / "known.toml")


@pytest.mark.parametrize("by_outcomes", [True, False])
def test_two_runs_with_a_scenario_that_asks_the_platform_are_compared(by_outcomes: bool, tmp_path: Path) -> None:
    assert _why_nothing(tmp_path, REFERENCE, Status.PASSED, by_outcomes=by_outcomes) is None


@pytest.mark.parametrize("by_outcomes", [True, False])
def test_two_runs_that_skip_everything_are_no_comparison(by_outcomes: bool, tmp_path: Path) -> None:
    why = _why_nothing(tmp_path, REFERENCE, Status.SKIPPED, by_outcomes=by_outcomes)
    assert why == "nothing was compared, since no scenario ran on both: select others"


def test_scenarios_that_ask_nothing_of_a_platform_compare_nothing_of_it(tmp_path: Path) -> None:
    assert "asked nothing of it" in (_why_nothing(tmp_path, {}, Status.PASSED, by_outcomes=False) or "")


def test_scenarios_that_ask_nothing_of_a_platform_still_compare_two_packages(tmp_path: Path) -> None:
    assert _why_nothing(tmp_path, {}, Status.PASSED, by_outcomes=True) is None


def _why_nothing(tmp_path: Path, answers: Answers, status: Status, *, by_outcomes: bool) -> str | None:
    folders = [write_run(tmp_path / name, [result("orders", status, "no orders here")], answers) for name in ("one", "other")]
    one, other = observe(("here", "there"), (folders[0], folders[1]))
    return why_nothing_compared(one, other, same_on_both(one, other, []), by_outcomes=by_outcomes)
