"""What earlier versions kept is taken over once, with the names of today."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from support.history.reading import open_history
from support.history.recording import add_run
from tests.history.runs import record, result


def ledger(results: Path, *lines: dict[str, object]) -> None:
    (results / "flake-ledger.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))


def line(run: str, name: str, status: str = "passed", **more: object) -> dict[str, object]:
    return {"run": run, "scenario": f"features/a.feature: {name}", "status": status, "attempts": 1} | more


def test_the_flake_ledger_is_read_without_writing_until_the_first_run_takes_it_over(tmp_path: Path) -> None:
    ledger(tmp_path, line("20260101-120000-aaaaaa", "one", "failed", version=2), line("20260102-120000-bbbbbb", "one", version=2))
    for _ in range(2):
        with open_history(tmp_path) as history:
            assert [(one.runs, one.pass_rate) for one in history.flakes()] == [(2, 0.5)]
            assert [run.started_at for run in history.runs()] == [1767268800.0, 1767355200.0]
        assert [file.name for file in tmp_path.iterdir()] == ["flake-ledger.jsonl"]
    before = (tmp_path / "flake-ledger.jsonl").read_text()
    add_run(record("new", result("one")), tmp_path)
    add_run(record("newer", result("one")), tmp_path)
    with open_history(tmp_path) as history:
        assert [one.runs for one in history.flakes()] == [4]
    assert (tmp_path / "flake-ledger.jsonl").read_text() == before


def test_a_name_that_holds_the_end_of_a_line_is_one_name(tmp_path: Path) -> None:
    (tmp_path / "flake-ledger.jsonl").write_text(json.dumps(line("0", "one\u2028two \x85", version=2), ensure_ascii=False) + "\n")
    with open_history(tmp_path) as history:
        assert (list(history.scenarios()), history.problems) == (["features/a.feature: one\u2028two \x85"], [])


def test_durations_are_what_the_first_runs_are_counted_against(tmp_path: Path) -> None:
    (tmp_path / "durations.json").write_text(json.dumps({"features/a.feature: one": 4.0, "features/a.feature: two": 8.0}))
    add_run(record("new", result("one", seconds=2.0)), tmp_path)
    with open_history(tmp_path) as history:
        assert history.durations() == {"features/a.feature: one": 3.0, "features/a.feature: two": 8.0}


def test_lines_of_old_get_the_names_of_today_where_that_is_clear(tmp_path: Path) -> None:
    ledger(tmp_path, *[line("0", name) for name in ("moved", "twice", "plain")])
    moved, twice = result("moved"), result("twice")
    moved = replace(moved, identity=replace(moved.identity, rule="a rule"))
    others = [replace(twice, identity=replace(twice.identity, rule=rule)) for rule in ("one", "two")]
    add_run(record("1", moved, *others, result("plain")), tmp_path)
    with open_history(tmp_path) as history:
        assert {name: len(outcomes) for name, outcomes in history.scenarios().items()} == {
            "features/a.feature: a rule: moved": 2,
            "features/a.feature: twice": 1,
            "features/a.feature: one: twice": 1,
            "features/a.feature: two: twice": 1,
            "features/a.feature: plain": 2,
        }


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("durations.json", "[1, 2", "durations.json cannot be read"),
        ("durations.json", '["a"]', "durations.json cannot be read"),
        ("durations.json", '{"a": "soon"}', "durations.json cannot be read"),
        ("durations.json", "[" * 100_000, "durations.json cannot be read"),
        ("flake-ledger.jsonl", '{"run": "0", "scena\n', "1 of 1 lines of "),
        ("flake-ledger.jsonl", '{"run": "0", "scenario": "s", "status": "exploded"}\n[]\n3\n', "3 of 3 lines of "),
        ("flake-ledger.jsonl", "\udcff", "flake-ledger.jsonl cannot be read"),
    ],
)
def test_what_cannot_be_read_of_them_is_said_once_and_the_run_is_kept(tmp_path: Path, file: str, text: str, words: str) -> None:
    (tmp_path / file).write_text(text, errors="surrogateescape")
    (problem,) = add_run(record("1", result("one")), tmp_path)
    assert words in problem
    assert add_run(record("2", result("one")), tmp_path) == []
    with open_history(tmp_path) as history:
        assert len(history.runs()) == 2


def test_numbers_that_no_duration_can_be_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "durations.json").write_text('{"a": NaN, "b": Infinity, "c \\ud800": 1}')
    with open_history(tmp_path) as history:
        assert history.durations() == {"c ?": 1.0}
