"""The scenario report's file: all of it in one, nothing that could end a script, nothing left over, linear in size."""

import json
import re
import resource
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks.made_run import make_run
from reports.html.details import LEFT_OUT, Details, DetailsMaker
from reports.html.page import FILE, write_report
from reports.standard import StandardReports
from support.results.run_folder import RunFolder
from support.results.run_record import RunRecord
from support.results.scenario_result import ScenarioResult
from tests.reports.html.runs import past_of, red_run

EMBEDDED = re.compile(r'<script type="application/json" id="([\w-]+)">(.*?)</script>', re.DOTALL)


def embedded(file: Path) -> dict[str, Any]:
    """The JSON in a report, by the id of its element."""
    return {name: json.loads(text) for name, text in EMBEDDED.findall(file.read_text(encoding="utf-8"))}


def details(file: Path) -> list[dict[str, Any]]:
    """Of all scenarios."""
    found = embedded(file)
    return [one for name in found if name.startswith("block-") for one in found[name]]


@pytest.fixture
def record(tmp_path: Path) -> RunRecord:
    return red_run(tmp_path)


def write(record: RunRecord, tmp_path: Path) -> Path:
    return write_report(record, tmp_path / record.run, past_of(record)).file


def test_it_is_one_file_that_asks_for_nothing(record: RunRecord, tmp_path: Path) -> None:
    file = write(record, tmp_path)
    text = file.read_text(encoding="utf-8")
    assert not re.search(r"<(?:script|img|iframe)[^>]*\ssrc=|<link[^>]*href=(?!\"data:)|@import|url\(", text)
    assert "default-src 'none'" in text
    # no draft stays behind
    assert [found.name for found in file.parent.glob("*report*")] == [FILE]


def test_it_is_written_without_libraries_that_take_long_to_load(record: RunRecord, tmp_path: Path) -> None:
    """Every run waits for its report at its end."""
    written = (
        "import sys, tests.reports.html.runs as runs; from pathlib import Path; from reports.html.page import write_report;"
        "folder = Path(sys.argv[1]); record = runs.red_run(folder);"
        "write_report(record, folder / record.run); print(*sys.modules, sep='\\n')"
    )
    ended = subprocess.run([sys.executable, "-c", written, tmp_path / "again"], capture_output=True, text=True, check=True)
    assert {"jinja2", "pydantic", "rich", "asyncio", "html"}.isdisjoint(ended.stdout.splitlines())


def test_nothing_in_a_result_can_end_a_script_element(record: RunRecord, tmp_path: Path) -> None:
    nasty = "</script><script>alert(1)</script><!--\u2028"
    scenarios = [replace(record.scenarios[0], name=nasty, description=nasty), *record.scenarios[1:]]
    file = write(replace(record, scenarios=scenarios), tmp_path)
    text = file.read_text(encoding="utf-8")
    assert "alert(1)</script>" not in text
    assert embedded(file)["head"]["scenarios"][0]["name"] == nasty
    assert details(file)[0]["description"] == nasty


def test_the_title_says_the_verdict(record: RunRecord, tmp_path: Path) -> None:
    assert "<title>The release has to wait: Ringmaster run 20261127-120000-abcdef</title>" in write(record, tmp_path).read_text()


def test_rows_say_what_became_of_each_scenario_and_what_was_before(record: RunRecord, tmp_path: Path) -> None:
    rows = embedded(write(record, tmp_path))["head"]["scenarios"]
    assert (rows[7]["status"], rows[7]["weight"], rows[7]["past"]) == ("failed", "warns", "ppppppppp" + "fff")
    assert rows[27]["weight"] == "quarantined"
    assert (rows[47]["status"], rows[47]["said"]) == ("broken", "Its worker was killed by SIGKILL")
    assert rows[1]["flaky"]
    assert "weight" not in rows[0]
    assert rows[0]["past"] == "pppppxpppppp"


def test_a_row_of_examples_has_its_own_name(record: RunRecord, tmp_path: Path) -> None:
    titled = replace(record.scenarios[0], name="Orders are taken -- @1.2 By mail", parameters=(("way", "mail"),))
    identity = replace(record.scenarios[1].identity, row="way=mail")
    plain = replace(record.scenarios[1], name="Orders are taken -- @1.3 ", parameters=(("way", "mail"),), identity=identity)
    rows = embedded(write(replace(record, scenarios=[titled, plain]), tmp_path))["head"]["scenarios"]
    assert [(row["name"], row["row"]) for row in rows] == [("Orders are taken", "By mail"), ("Orders are taken", "way=mail")]


def test_features_say_what_they_protect_and_catch(record: RunRecord, tmp_path: Path) -> None:
    feature = embedded(write(record, tmp_path))["head"]["features"][1]
    assert (feature["platform"], feature["catches"]) == ("shop", ["an order that nobody hears of."])
    assert feature["description"].startswith("It protects topic 1")


def test_a_record_of_before_features_were_kept_is_shown_all_the_same(record: RunRecord, tmp_path: Path) -> None:
    head = embedded(write(replace(record, features=[], services={}), tmp_path))["head"]
    assert {feature["name"] for feature in head["features"]} >= {"Topic 0", "Topic 1", "Smoke test"}
    assert all("feature" in row for row in head["scenarios"])


def test_a_failure_has_its_evidence_logs_and_both_sides(record: RunRecord, tmp_path: Path) -> None:
    failed = details(write(record, tmp_path))[7]
    assert failed["failure"]["rows"] == [["apples", "7", "7"], ["pears", "2", "3"], ["plums", "9", "9"]]
    assert len(failed["events"]) == 60
    assert "the stock is wrong" in failed["logs"]["services/orders"]


def test_broken_evidence_is_told_and_the_rest_is_rendered(record: RunRecord, tmp_path: Path) -> None:
    folder = tmp_path / record.run / "scenarios"
    (folder / "order-7" / "evidence.jsonl").write_text('{"kind": "request", "what": "GET /"}\n{"kind": "requ')
    (folder / "order-8" / "evidence.jsonl").unlink()
    (folder / "order-9" / "evidence.jsonl").write_text("[1]\n")
    written = write_report(record, tmp_path / record.run, past_of(record))
    assert written.problems == ["The evidence of 3 scenarios is broken or gone, such as that of: Order 7 is delivered as it was placed."]
    found = details(written.file)
    assert found[7]["problem"] == "Its evidence ends at line 2, which is cut off or broken."
    assert found[7]["events"][0][3] == "GET /"
    assert found[8]["problem"].startswith("Its evidence cannot be read")
    assert embedded(written.file)["head"]["problems"] == written.problems


def test_what_there_is_no_room_for_is_left_out_and_said(monkeypatch: pytest.MonkeyPatch, record: RunRecord, tmp_path: Path) -> None:
    monkeypatch.setattr("reports.html.details.ROOM", 0)
    monkeypatch.setattr("reports.html.details.LEAST_ROOM", 100)
    found = details(write(record, tmp_path))
    # what failed comes first
    assert found[7]["events"]
    assert found[0]["problem"] == LEFT_OUT


def test_twice_as_many_scenarios_make_a_page_of_at_most_twice_the_size(tmp_path: Path) -> None:
    sizes = []
    for count in (400, 800):
        record = make_run(tmp_path / str(count), count)
        sizes.append(write_report(record, tmp_path / str(count) / record.run, past_of(record)).file.stat().st_size)
    assert sizes[1] < 2.05 * sizes[0]


def test_no_scenario_is_looked_at_more_than_once(monkeypatch: pytest.MonkeyPatch, record: RunRecord, tmp_path: Path) -> None:
    """Twice as many scenarios cost twice as much: each is read, rendered and written once."""
    looked: list[str] = []
    plain = DetailsMaker.details

    def counted(self: DetailsMaker, result: ScenarioResult, *, failed: bool) -> Details:
        looked.append(str(result.identity))
        return plain(self, result, failed=failed)

    monkeypatch.setattr(DetailsMaker, "details", counted)
    write(record, tmp_path)
    assert sorted(looked) == sorted(str(result.identity) for result in record.scenarios)


def test_a_report_that_cannot_be_written_changes_nothing_about_the_run(
    record: RunRecord, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reports = StandardReports(RunFolder(tmp_path / "gone"), allure=False, page=True)
    reports.run_over(record)
    assert capsys.readouterr().err.startswith("ringmaster: the scenario report could not be written: No such file or directory: ")


def test_a_full_disk_leaves_no_part_of_a_run_or_its_report(record: RunRecord, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = RunFolder(tmp_path)
    folder.path.mkdir()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    # Python ignores the signal, so that a write beyond the limit fails as on a full disk
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, before[1]))
    try:
        StandardReports(folder, allure=False, page=True).run_over(record)
        with pytest.raises(OSError, match="File too large"):
            record.write(folder.path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "the scenario report could not be written: File too large" in capsys.readouterr().err
    assert list(folder.path.iterdir()) == []


def test_scenarios_have_a_mark_for_the_newest_runs_and_trends_have_all(record: RunRecord, tmp_path: Path) -> None:
    head = embedded(write_report(record, tmp_path / record.run, past_of(record, runs=365)).file)["head"]
    assert (len(head["runs"]), head["marked"], len(head["scenarios"][7]["past"])) == (366, 60, 60)
    assert head["scenarios"][7]["past"].endswith("pfff")


def test_nothing_secret_is_in_the_report(finished_project: Path) -> None:
    text = (finished_project / FILE).read_text(encoding="utf-8")
    assert re.search(r"expected \\u003ce-mail [0-9a-f]{5}>", text)
    assert "ada@example.com" not in text
    assert "abcdefgh" not in text
