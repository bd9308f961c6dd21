"""Answers given in the platform's place, and what the SDK makes of them.

Source: tracebloc SDK 1.2.63 (types and words of its errors, time-outs, three more tries of what only reads).
"""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from support.patience import Patience
from support.platforms.tracebloc.clients.gateway import Answer, Gateway
from support.platforms.tracebloc.playbook.sdk.acts import ACTS, Desk
from support.platforms.tracebloc.playbook.sdk.data_scientist import Verdicts, outcome_of
from support.platforms.tracebloc.scene import Person, Scene

PATIENCE = 1.0
"""Seconds that the SDK waits for an answer that never comes, in place of 30; stretched like every deadline."""
SDK_PATIENCE = 30
TRIES_OF_A_READ = 4


@dataclass(frozen=True)
class Expectation:
    """While the data scientist does something, the platform gives this answer; the SDK raises this error and says these words."""

    act: str
    answer: str
    error: str
    words: str

    def __str__(self) -> str:
        return f"{self.act}, answered with {self.answer}"


def _words(status: int, **body: object) -> Answer:
    return Answer(status, json.dumps(body).encode())


# their status is the one that a good answer of the endpoint has
_TAKEN_FOR_GOOD = {
    "half an answer": Answer(body=b'{"half":'),
    "an empty object": Answer(body=b"{}"),
    "a list": Answer(body=b"[]"),
    "a web page": Answer(body=b"<html></html>", content_type="text/html"),
}
_REFUSALS = {
    "400 with words": _words(400, message="Not like this.", code="NOT_LIKE_THIS"),
    "400 without a word": Answer(400),
    "400 by field": _words(400, cycles=["must be >0"]),
    "400 for lack of fields": _words(400, message="Mandatory Fields Missing.", code="MANDATORY_FIELDS"),
    "400 for an unknown model": _words(400, message="Model File Load Failed: there is none.", code="LOAD_FAILED"),
    "403 with words": _words(403, detail="Not for you."),
    "403 without a word": Answer(403),
    "404 without a word": Answer(404),
    "409 with words": _words(409, message="Not now.", code="NOT_NOW"),
    "426 from 9.0.0": _words(426, error="upgrade_required", min_version="9.0.0"),
}
# what only reads is asked for three times more
_FAILURES = {
    "500 with words": _words(500, message="It broke.", code="INTERNAL"),
    "500 without a word": Answer(500),
    "502 as a web page": Answer(502, b"<html><title>502 Bad Gateway</title></html>", "text/html"),
    "503 with words": _words(503, message="Come back later.", code="UNAVAILABLE"),
    "nothing": Answer(silent=True),
    "a dropped connection": Answer(hangs_up=True),
}
ANSWERS = _TAKEN_FOR_GOOD | _REFUSALS | _FAILURES


def check_in_turn(scene: Scene, person: Person, expectations: list[Expectation]) -> Verdicts:
    """Give each answer in turn to one session of the SDK."""
    booth, verdicts = Booth(scene, person, "behind a gateway"), Verdicts()
    for expectation in expectations:
        booth.check(expectation, verdicts)
    return verdicts


def check_at_once(scene: Scene, person: Person, expectations: list[Expectation]) -> Verdicts:
    """Give all answers at the same time, each to a session of its own, since the SDK waits between its tries."""
    verdicts = Verdicts()
    # what is waited for in vain takes longest, so it begins while the others are prepared
    silent = [expectation for expectation in expectations if ANSWERS[expectation.answer].silent]
    others = [expectation for expectation in expectations if expectation not in silent]
    with ThreadPoolExecutor(len(expectations)) as pool:
        checks = []
        for group in (silent, others):
            # all are prepared before the first is checked, so that what is passed on meanwhile is answered in time
            booths = list(pool.map(lambda expectation: _prepared(scene, person, expectation), group))
            checks += [pool.submit(booth.check, expectation, verdicts) for booth, expectation in zip(booths, group, strict=True)]
        for check in checks:
            check.result()
    return verdicts


def _prepared(scene: Scene, person: Person, expectation: Expectation) -> "Booth":
    booth = Booth(scene, person, str(expectation))
    booth.prepare(expectation.act)
    return booth


class Booth:
    """A session of the SDK with a gateway of its own between it and the platform."""

    def __init__(self, scene: Scene, person: Person, name: str) -> None:
        self._scene = scene
        self._gateway: Gateway = scene.new_gateway()
        self._desk = Desk(
            scene.new_sdk(f"{person.role} {name}", self._gateway.url), person, scene.use_case.training_dataset_key, scene.names
        )
        self._desk.use_token()
        self._prepared: set[str] = set()

    def check(self, expectation: Expectation, verdicts: Verdicts) -> None:
        """Do what the expectation says and note whether it comes so, after as many requests as it should, and with nothing written."""
        act, answer = ACTS[expectation.act], ANSWERS[expectation.answer]
        self._gateway.pass_everything_on()
        self.prepare(expectation.act)
        if act.before is not None:
            act.before(self._desk)
        before = self._desk.session.fetching.files()
        self._gateway.answer(act.endpoint, replace(answer, status=act.success) if expectation.answer in _TAKEN_FOR_GOOD else answer)
        if answer.silent:
            self._desk.session.wait_at_most(PATIENCE * Patience.factor)
        outcome = outcome_of(self._scene, str(expectation), self._desk.session, lambda: act.do(self._desk))
        if answer.silent:
            self._desk.session.wait_at_most(SDK_PATIENCE)
        verdicts.check(expectation, outcome, expectation.error, expectation.words)
        tries = TRIES_OF_A_READ if act.endpoint.method == "GET" and expectation.answer in _FAILURES else 1
        if self._gateway.asked != tries:
            verdicts.differs(expectation, f"asked {tries} times", f"asked {self._gateway.asked} times")
        if written := [file.name for file in self._desk.session.fetching.files() if file not in before]:
            verdicts.differs(expectation, "nothing is written", f"{', '.join(written)} are written")

    def prepare(self, act: str) -> None:
        """Do what has to be done once before an act."""
        first = ACTS[act].first
        if first is not None and act not in self._prepared:
            first(self._desk)
        self._prepared.add(act)
