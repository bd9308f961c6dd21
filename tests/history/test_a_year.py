"""A year of runs answers at once."""

import time
from pathlib import Path

from support.history.reading import open_history
from support.history.recording import add_run
from tests.history.runs import BEGAN, DAY, record, result

RUNS, SCENARIOS = 365, 200


def test_every_question_to_a_year_of_nightly_runs_is_answered_within_a_second(tmp_path: Path) -> None:
    for day in range(RUNS):
        ended = [result(f"scenario {n}", "failed" if (day + n) % 19 == 0 else "passed", at=BEGAN + day * DAY + n) for n in range(SCENARIOS)]
        add_run(record(str(day), *ended), tmp_path)
    took = {}
    for question in ("runs", "trend", "failing", "flakes", "durations"):
        # of this process alone, whatever else the machine does
        began = time.process_time()
        with open_history(tmp_path) as history:
            assert len(getattr(history, question)()) > 0
        took[question] = time.process_time() - began
    with open_history(tmp_path) as history:
        began = time.process_time()
        assert len(history.before(BEGAN + RUNS * DAY)) == SCENARIOS
        assert len(history.scenario("features/a.feature: scenario 1")) == RUNS
        took["before and scenario"] = time.process_time() - began
    assert max(took.values()) < 1, took
