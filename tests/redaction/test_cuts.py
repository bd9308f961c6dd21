"""A secret that is cut in two is known for none any more: wherever a text is cut, no half of one is left."""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from environments import texts
from environments.compose import explanations
from environments.embedded import log_files
from environments.errors import ServiceFailed
from environments.kind import programs
from environments.platforms.tracebloc.backend.training import plan_settings
from environments.platforms.tracebloc.training.protocol import Failed
from environments.service_bus.entities import limits, sql
from steps.tracebloc.secure_environments import installer
from support.comparison.runs import CouldNotRun, Way
from support.evidence import scenario as evidence
from support.gherkin import refusals
from support.platforms.tracebloc import front_end
from support.platforms.tracebloc.playbook.ingestion import runs
from support.platforms.tracebloc.playbook.sdk import data_scientist, flows
from support.redaction import ending, excerpt, last_lines, redact
from support.results.comparison import _cut
from support.sabotage_matrix.processes import last_words
from tests.redaction.kinds import ALPHANUMERIC, made_of

TOKEN = "ghp_" + made_of(ALPHANUMERIC, 36)
PASSWORD = f"hush{made_of(ALPHANUMERIC, 60)}"
SECRETS = (TOKEN, PASSWORD)
SHORTEST_HALF = 8
"""Characters of a secret that tell too much."""
Cut = Callable[[str, Path], str]


@pytest.fixture(autouse=True)
def _cleaned() -> Iterator[None]:
    texts.clean_with(redact)
    yield
    texts.clean_with(str)


def _said(what: Callable[[], object]) -> str:
    try:
        what()
    except Exception as error:
        return str(getattr(error, "message", "")) + str(error)
    raise AssertionError("nothing was refused")


def _log_of(text: str) -> str:
    cluster = SimpleNamespace(pod_log=lambda _job: text)
    return runs.log_of(SimpleNamespace(environment=SimpleNamespace(client=SimpleNamespace(cluster=cluster)), job="x"))  # type: ignore[arg-type]


def _installed(text: str) -> str:
    ended = SimpleNamespace(exit_code=1, output=text)
    context = SimpleNamespace(scene=SimpleNamespace(kept=lambda _kind: SimpleNamespace(ended=ended)))
    return _said(lambda: installer.ends(context, 0))


def _file(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.write_text(text)
    return file


AT_THE_BEGINNING: dict[str, Cut] = {
    "excerpts": lambda text, _: excerpt(text, 200),
    "what a service shortens": lambda text, _: texts.shortened(text, 200),
    "what a model says": lambda text, _: Failed(reason=text).reason,
    "a plan's setting": lambda text, _: _said(lambda: plan_settings.check_optimizer(text)),
    "a queue's name": lambda text, _: _said(lambda: limits.check_path(f"?{text}" + "x" * 200)),
    "a rule's name": lambda text, _: _said(lambda: limits.check_name(f"?{text}" + "x" * 200, "rule")),
    "an SQL filter": lambda text, _: _said(lambda: sql._tokens(f"§{text}")),
    "a line of a feature": lambda text, _: refusals.shortened(text),
    "a cell of a comparison": lambda text, _: _cut(text),
}
AT_THE_END: dict[str, Cut] = {
    "endings": lambda text, _: ending(text, 200),
    "last lines": lambda text, _: "\n".join(last_lines(text, 3)),
    "a service that failed": lambda text, _: str(ServiceFailed("x", "died", text.splitlines())),
    "a service's log": lambda text, folder: "\n".join(log_files.last_lines(_file(folder, "x.log", text))),
    "a program of Docker": lambda text, _: explanations.explain(("up",), text),
    "a program of kind": lambda text, _: programs.explain(("up",), text),
    "a run that is compared": lambda text, folder: str(CouldNotRun(Way("x"), _file(folder, "x.log", text), 3)),
    "a run of a matrix": lambda text, folder: last_words(_file(folder, "x.log", text)),
    "the front end's tests": lambda text, folder: front_end._last_words(_file(folder, "cypress.log", text).parent),
    "an ingestion's log": lambda text, _: _log_of(text),
    "an installer's output": lambda text, _: _installed(text),
}


def _halves(shown: str) -> list[str]:
    safe = redact(shown)
    return [secret for secret in SECRETS for at in range(len(secret) - SHORTEST_HALF) if secret[at : at + SHORTEST_HALF] in safe]


@pytest.mark.parametrize("cut", AT_THE_BEGINNING)
@pytest.mark.parametrize(
    "planted",
    [TOKEN, f"password: '{PASSWORD}'", f'"password": "{PASSWORD[:30]} {PASSWORD[30:]}"'],
    ids=["token", "quoted", "words"],
)
def test_no_half_of_a_secret_is_left_at_the_end_of_what_is_shown(cut: str, planted: str, tmp_path: Path) -> None:
    for before in range(3900, 4010, 6) if cut == "what a model says" else range(0, 260, 6):
        words = ("word " * 1000)[:before]
        assert _halves(AT_THE_BEGINNING[cut](f"{words} {planted} {'word ' * 100}", tmp_path)) == [], f"{before} characters before it"


@pytest.mark.parametrize("cut", AT_THE_END)
@pytest.mark.parametrize(
    "planted", [TOKEN, f"password: '{PASSWORD}'", f"user | password\n-----+-----\nada | {PASSWORD[:20]}", f"password: >\n  {PASSWORD}"]
)
def test_no_half_of_a_secret_is_left_at_the_beginning_of_what_is_shown(cut: str, planted: str, tmp_path: Path) -> None:
    for after in (*range(18), *range(140, 210, 8), *range(740, 810, 8), *range(1440, 1510, 8), *range(3940, 4010, 8)):
        lines = "\n".join(["a line " * 12] * (after // 85 if after > 40 else after)) + "\n" + "w" * (after % 85)
        assert _halves(AT_THE_END[cut](f"begun\n{planted}\n\n{lines}", tmp_path)) == [], f"{after} characters behind it"


def test_lines_that_are_picked_from_a_log_are_redacted_with_what_stands_before_them() -> None:
    lines = ["begun", "name,password", "ada,other", f"e2e-test-1,{PASSWORD[:20]}", "ended"]
    assert PASSWORD[:20] not in "\n".join(evidence._naming(lines, [3], ["e2e-test-1"]))
    assert evidence._naming(lines, [2], ["ada"])[-1].startswith("ada,")


def test_what_an_sdk_says_is_redacted_before_its_lines_are_joined(monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = SimpleNamespace(error="SdkError", words=f"user,password\nada,{PASSWORD[:20]}")
    monkeypatch.setattr(data_scientist, "outcome_of", lambda *_: outcome)
    walk = SimpleNamespace(scene=None, desk=SimpleNamespace(session=None))
    assert PASSWORD[:20] not in flows._seen(walk, "logs in", lambda _: "")  # type: ignore[arg-type]
