"""What the live page shows: grows by what the run tells, and is asked by each page for what it does not know yet."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from threading import Condition
from typing import Any

from pydantic import TypeAdapter

from reports.html.content import Content
from reports.html.details import as_script
from reports.html.earlier import Past, past_of
from reports.html.page import head_of, page_data
from reports.html.rows import Json
from reports.html.verdict import Shown
from support.results.run_record import RunRecord, UnreadableRecord, read_record
from support.results.scenario_result import FeatureHeading, ScenarioResult

RELOAD_SECONDS = 3.0
"""For so long a page that is loaded again may be away."""
RESULT: TypeAdapter[ScenarioResult] = TypeAdapter(ScenarioResult)
LISTS = ("scenarios", "features", "tags", "reasons", "nodes", "direct", "sentences", "groups")
RUNNING = Shown("running", [], "", "The run goes on")


def begun(run: str) -> RunRecord:
    """The record of a run of which nothing is known but its name."""
    return RunRecord(run, "", None, 0, None, None, "", 0.0, 0.0, 0.0, 0.0, 0)


def head_of_begun(record: RunRecord, past: Past) -> Json:
    """What a page shows of a run that goes on, besides its scenarios."""
    return head_of(record, RUNNING, past) | {"problems": list(past.problems)}


@dataclass
class Known:
    """What one page knows: of which run, how much of each list, and which moment of it."""

    generation: int = 0
    lengths: dict[str, int] = field(default_factory=dict)
    moment: int = 0


class LiveState:
    """Shared by the thread that hears of the run and those that serve pages."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._generation = self._moment = 0
        self._head: Json = {}
        self._final: dict[str, list[Any]] | None = None
        """The lists of a run that is over."""
        self._details: list[str] = []
        self._content: Content | None = None
        self._past = Past()
        self._folder = Path()
        self._now: Json = {}
        self._pages = 0
        self._opened = 0.0
        self._again = False
        """Whether the run is one of what failed before."""
        self.ended = False

    def take(self, event: Json) -> None:
        """Take in what the run tells."""
        with self._changed:
            getattr(self, f"_{event['event']}")(event)
            self._moment += 1
            self._changed.notify_all()

    def end(self) -> None:
        """The run will tell nothing more."""
        with self._changed:
            self.ended = True
            self._changed.notify_all()

    def ask_again(self) -> bool:
        """Somebody wants what failed once more; returns whether that was not asked for already, and can be."""
        with self._changed:
            # while the run goes on it is kept for its end
            if self._now.get("again") == "asked" or not (self._now.get("failed") or self._now.get("again") == "may"):
                return False
            self._now["again"] = "asked"
            self._moment += 1
            self._changed.notify_all()
            return True

    def news(self, known: Known, seconds: float) -> str | None:
        """What a page does not know yet, as JSON in one line; None when there was nothing for so long. `known` is brought up to date."""
        with self._changed:
            self._changed.wait_for(lambda: self.ended or (known.generation, known.moment) != (self._generation, self._moment), seconds)
            if (known.generation, known.moment) == (self._generation, self._moment):
                return None
            whole = known.generation != self._generation
            if whole:
                known.generation, known.lengths = self._generation, {}
            lists = self._lists()
            rest = {name: found[known.lengths.get(name, 0) :] for name, found in lists.items()}
            details = self._details[known.lengths.get("scenarios", 0) :]
            known.lengths, known.moment = {name: len(found) for name, found in lists.items()}, self._moment
            head = as_script(self._head) if whole else "null"
            now = as_script(self._now)
        return f'{{"head":{head},"rest":{as_script(rest)},"details":[{",".join(details)}],"now":{now}}}'

    @contextmanager
    def looked_at(self) -> Iterator[None]:
        """Within it, somebody looks at the page."""
        self._count(1)
        try:
            yield
        finally:
            self._count(-1)

    def opened(self) -> None:
        """A page is about to ask for news."""
        with self._changed:
            self._opened = time.monotonic()

    def stays(self) -> bool:
        """Wait until the run is over; whether something failed then, and somebody looks at it, or loads the page just now."""
        with self._changed:
            self._changed.wait_for(lambda: self.ended or self._now.get("over"))
            return bool(self._now.get("again")) and self._seconds_left() > 0

    def wait_until_left(self) -> None:
        """Wait until the run is over and nothing can be run again, or nobody looks at its page any more, or has ever done."""
        with self._changed:
            while not self.ended:
                over = self._now.get("over") and self._now["again"] != "asked"
                left = self._seconds_left()
                if over and (left <= 0 or not self._now["again"]):
                    return
                self._changed.wait(left if over and left < inf else None)

    def wait_until_told(self, seconds: float) -> None:
        """Wait until every page knows all of it, for so long at most."""
        with self._changed:
            self._changed.wait_for(lambda: not self._pages, seconds)

    def _lists(self) -> dict[str, list[Any]]:
        if self._final is not None:
            return self._final
        return dict(self._content.lists) if self._content is not None else {name: [] for name in LISTS}

    def _seconds_left(self) -> float:
        """How long to wait for somebody to look at the page; for ever while somebody does."""
        if self._pages:
            return inf
        return self._opened + RELOAD_SECONDS - time.monotonic() if self._opened else 0.0

    def _count(self, change: int) -> None:
        with self._changed:
            self._pages += change
            self._opened = time.monotonic()
            self._changed.notify_all()

    def _run_begins(self, event: Json) -> None:
        self._folder, self._again = Path(event["folder"]), self._generation > 0
        record = begun(event["run"])
        self._past = past_of(record, self._folder.parent)
        self._content, self._details = None, []
        self._head = head_of_begun(record, self._past)
        self._now = {"planned": 0, "ended": 0, "failed": 0, "running": [], "over": False, "again": ""}
        self._final = None
        self._generation += 1

    def _pass_begins(self, event: Json) -> None:
        self._now["planned"] += event["planned"]
        if self._content is None:
            features = [FeatureHeading(**one) for one in event["features"]]
            self._content = Content(self._folder, self._past.marks, features, event["planned"])

    def _scenario_over(self, event: Json) -> None:
        result = RESULT.validate_python(event["scenario"])
        if self._content is not None:
            details = self._content.details_of(result)
            self._content.add(result, details)
            self._details.append(details.text)
        self._now["ended"] += 1
        self._now["failed"] += result.status.has_failed

    def _goes_on(self, event: Json) -> None:
        self._now["running"] = event["running"]

    def _run_over(self, event: Json) -> None:
        """From now on the page is the report of the run."""
        try:
            record = read_record(self._folder)
        except (FileNotFoundError, UnreadableRecord) as error:
            self._head["problems"] = [str(error)]
        else:
            data = page_data(record, self._folder, past_of(record, self._folder.parent))
            self._final = {name: data.head[name] for name in LISTS}
            self._head = {name: value for name, value in data.head.items() if name not in LISTS}
            self._details = [one.text for one in data.details]
            if self._again and self._head["verdict"]["verdict"] == "pass":
                # of what ran in this run alone, and the release needs all of it
                self._head["verdict"]["title"] = "What had failed passes now"
        asked = self._now["again"] == "asked"
        self._now |= {"running": [], "over": True, "again": "asked" if asked else "may" if event["may_run_again"] else ""}
        self._generation += 1
