"""Whatever text a result holds, every sink survives it and its own reader understands what was written.

The sinks: the console, JUnit, Allure, the record of the run, the history, the evidence, the story that `ringmaster show` prints, the
scenario report, what GitHub is told, Cucumber messages, and the stream of events.
"""

import io
import json
import re
import tempfile
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some

from reports.console import ConsoleReport
from reports.formats.allure import write_result
from reports.formats.cucumber_messages import write_messages
from reports.formats.events import EventStream
from reports.formats.junit import JUnitReport
from reports.github_run import for_github
from reports.html.page import write_report
from reports.story import story_of
from support.evidence.entries import Entry, read_entries
from support.evidence.kinds import Kind
from support.evidence.recorder import Recorder
from support.history.reading import open_history
from support.history.recording import add_run
from support.results.identity import Identity
from support.results.run_record import RunRecord, read_record
from support.results.scenario_result import Captured, Failure, FeatureHeading, ScenarioResult, Status, StepResult, Weight
from support.results.texts import presentable
from support.terminal import showable

ODD = {
    "nul": "a\x00b",
    "escape": "\x1b[2J\x1b]0;title\x07",
    "colours": "\x1b[31mred\x1b[0m \x1b[1;32m",
    "controls of the second kind": "a\x80\x9b31m\x9fb",
    "byte order mark": "\ufeffa\ufeff",
    "right to left": "a\u202ecod.exe\u2066b\u200f",
    "non-characters": "a\uffff\ufffe\ufdd0\U0001fffe",
    "astral": "\U0001f600\U000e0041\U0010fffd",
    "half a character": "a\ud800b\udce9",
    "very long": "word " * 20_000,
    "line ends": "one\r\ntwo\rthree\x85four\u2028five\u2029six\n\n",
    "combining": "e\u0301" + "a\u0300\u0316" * 50,
    "tabs": "\tone\t\ttwo\x0b\x0c",
    "end of a CDATA": "]]>a]]&gt;<![CDATA[",
    "markup": "</script><a href=\"b\">&amp;&#0;</a> 'x' <!-- -->",
    "formats": "100% %s %(a)s {0} {a!r} {{}} $x ${y} `z`",
    "fences": "```\n~~~\n| a | b |\n# c\n[x](y)",
    "empty": "",
}
PIECES = some.sampled_from(list(ODD.values())) | some.text(max_size=20) | some.text(alphabet=some.characters(), max_size=5)
ANY_TEXT = some.lists(PIECES, max_size=4).map("".join)
"""The kinds above in any mixture, and whatever else there is, halves of characters included."""


def any_text(test: Callable[..., None]) -> Callable[..., None]:
    """Run a test with each kind of odd text, and with mixtures of them."""
    for text in ODD.values():
        test = example(text=text)(test)
    tested: Callable[..., None] = given(text=ANY_TEXT)(test)
    return settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))(tested)


def result_with(text: str) -> ScenarioResult:
    """A scenario that failed, with the text wherever there can be one."""
    safe = presentable(text)
    failure = Failure(safe, "AssertionError", safe, safe)
    step = StepResult(f"Given {safe}", Status.FAILED, safe, text=safe, table=((safe,), (safe,)), failure=failure)
    return ScenarioResult(
        Identity("f.feature", safe, safe, safe), safe, "Scenario", "f.feature:1", safe, (safe,), (safe,), safe, ((safe, safe),),
        Weight.BLOCKS, Status.FAILED, reason=safe, failure=failure, captured=Captured(safe, safe, safe), output=safe,
        failed_attempts=(safe,), attempts=2, steps=(step,),
    )  # fmt: skip


@any_text
def test_the_console_writes_nothing_that_a_terminal_obeys(text: str) -> None:
    written = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="strict")
    console = ConsoleReport(written)
    result = result_with(text)
    console.feature(FeatureHeading("Feature", result.name, "f.feature:1", "f.feature"))
    console.scenario("Scenario", result.name)
    console.step(result.steps[0])
    console.scenario_over(result)
    console.printed_around("the run", result.output)
    written.seek(0)
    said = written.read()
    assert all(letter in "\n\t" or (letter >= " " and not "\x7f" <= letter <= "\x9f") for letter in said)
    assert not set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2028\u2029\ufffe\uffff") & set(said)
    assert "again: ringmaster run f.feature:1" in said


@any_text
def test_junit_is_xml_with_one_failed_case(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        result = result_with(text)
        JUnitReport(Path(folder), Path(folder)).feature(FeatureHeading("Feature", result.name, "f.feature:1", "f.feature"), [result])
        (case,) = ElementTree.parse(f"{folder}/TESTS-f.xml").getroot().iter("testcase")  # noqa: S314
        assert case.find("failure") is not None
        assert "@scenario.end" in (case.findtext("system-out") or "")


@any_text
def test_allure_is_json_and_says_what_was_said(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        result = result_with(text)
        write_result(Path(folder), result, Path(folder))
        (file,) = Path(folder).glob("*-result.json")
        found = json.loads(file.read_text(encoding="utf-8"))
        assert (found["status"], found["description"]) == ("failed", result.description.strip())
        assert found["steps"][0]["name"] == result.steps[0].sentence


@any_text
def test_the_record_of_the_run_is_read_as_it_was_written(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        result, safe = result_with(text), presentable(text)
        record = RunRecord("r", "none", None, 1, safe, None, "", 0.0, 0.0, 0.0, 0.0, 1, {safe: safe}, safe, scenarios=[result])
        record.write(Path(folder))
        assert read_record(Path(folder)) == record


@any_text
def test_the_history_keeps_every_outcome(text: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        results = [result_with(text), result_with(text)]
        add_run(RunRecord("20261127-060000-abcdef", "none", None, 1, None, None, "", 0.0, 0.0, 0.0, 0.0, 1, scenarios=results), Path(name))
        with open_history(Path(name)) as history:
            assert [len(outcomes) for outcomes in history.scenarios().values()] == [2]


@any_text
def test_evidence_is_read_entry_by_entry_and_its_story_obeys_nothing(text: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        recorder = Recorder(folder)
        for kind in Kind:
            recorder.add(Entry(kind=kind, what=text, detail=text, failed=True))
        recorder.close()
        assert [entry.kind for entry in read_entries(folder)] == list(Kind)
        for line in story_of(folder, full=True):
            assert "\x1b" not in showable(line.text)
            assert "\x00" not in showable(line.text)


def record_with(text: str) -> RunRecord:
    """A run of one scenario that failed, with the text wherever there can be one."""
    result, safe = result_with(text), presentable(text)
    facts, started = {safe: safe}, 1_780_000_000.0
    return RunRecord("r", "none", None, 1, safe, None, "", started, 0.0, 0.0, 0.0, 1, facts, safe, scenarios=[result])


@any_text
def test_the_scenario_report_is_a_page_whose_data_are_json(text: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "r"
        folder.mkdir()
        page = write_report(record_with(text), folder).file.read_text(encoding="utf-8")
    data = re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert len(data) >= 2
    assert all(json.loads(each) is not None for each in data)
    assert "</script><a href" not in page


@any_text
def test_github_gets_one_line_for_each_annotation_and_each_row_of_the_summary(text: str) -> None:
    summary, (annotation,) = for_github(record_with(text))
    assert not {"\r", "\n"} & set(str(annotation))
    assert str(annotation).startswith("::error file=f.feature,line=1,title=")
    assert annotation.message.split("\n")[-1] == "ringmaster run f.feature:1"
    (row,) = [line for line in summary.split("\n") if line.startswith("| blocks")]
    assert len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)) == 5
    assert "<" not in summary


@any_text
def test_cucumber_messages_are_lines_of_json_with_one_failed_step(text: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        write_messages(record_with(text), Path(name), Path(name) / "messages.ndjson")
        lines = (Path(name) / "messages.ndjson").read_bytes().split(b"\n")
    messages = [json.loads(line) for line in lines if line]
    ended = [message["testStepFinished"]["testStepResult"]["status"] for message in messages if "testStepFinished" in message]
    assert ended == ["FAILED"]


@any_text
def test_events_are_lines_of_json(text: str) -> None:
    written = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="strict")
    stream, result = EventStream(written), result_with(text)
    stream.run_begins("r")
    stream.scenario("Scenario", result.name)
    stream.step(result.steps[0])
    stream.scenario_over(result)
    stream.printed_around("the run", result.output)
    stream.run_over(1)
    written.seek(0)
    assert len([json.loads(line) for line in written.read().split("\n") if line]) == 6
