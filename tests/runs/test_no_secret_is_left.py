"""Secrets that go through everything a run keeps are in none of its files afterwards."""

import html
import json
import re
import shutil
from pathlib import Path

import pytest

from tests.redaction.kinds import KINDS
from tests.runs.conftest import Ringmaster, copy_of_repository

HEADING = 'Feature: planted password=hush-Feature_4711\n  The password is "hush-Hush_4711", write to secret.person@hospital.example\n\n'
ADDRESS, OTHER = "secret.person@hospital.example", "Other.Person@hospital.example"
WRITABLE = [kind for kind, (text, _) in KINDS.items() if all(letter.isprintable() or letter in "\n\t" for letter in text)]
"""Those that a feature may hold."""
PAIR = re.compile(r"write to (<e-mail \w{5}>), not to (<e-mail \w{5}>)")
STEPS = """
import logging, sys
from pathlib import Path
import allure
from behave import when
from support.evidence.kinds import Kind
from support.evidence.recorder import record
from support.waiting import eventually

@when("this goes through everything")
def goes_through_everything(context):
    text, scene = context.text, context.scene
    print(f"it said: {text}")
    print([text], file=sys.stderr)
    logging.getLogger("planted").warning("it said: %s", text)
    eventually(text, lambda: {"seen": text}, lambda seen: True)
    with scene.story.part(text) as part:
        part.detail = text
    record(Kind.CALL, text, text)
    scene.notes.keep(scene.note_name("planted"), text)
    allure.attach(text, text, allure.attachment_type.TEXT)
    scene.folder.mkdir(parents=True, exist_ok=True)
    (scene.folder / "model.py").write_text(f"# {text}")
    raise AssertionError(f"it said: {text}")

@when("the pair {word} and {word} is in a table")
def pair(context, name, value):
    print(value, len(context.table.rows))
    print([context.table.headings, *(row.cells for row in context.table)])
"""
# figures of a moment may be the same as a code of six
PLANTED = {
    **{KINDS[kind][1]: kind for kind in WRITABLE if not KINDS[kind][1].isdecimal()},
    ADDRESS: "address",
    OTHER: "other address",
    "hush-Table_4711": "table",
    "hush-Hush_4711": "prose",
    **{f"hush-{place}_4711": place for place in ("Feature", "Hook", "Cell", "Pair", "Undefined")},
}
HOOKS = """
_before_all, _before_feature = globals().get("before_all"), globals().get("before_feature")

def before_all(context):
    _before_all(context)
    print("password=hush-Hook_4711")

def before_feature(context, feature):
    if _before_feature:
        _before_feature(context, feature)
    print("password=hush-Hook_4711")
"""
TABLES = """
  Scenario Outline: Logging in with <password>
    When the pair user and <password> is in a table
      | password   | rows |
      | <password> | 3    |
    And the pair user and nothing is in a table
      | user     | ada        |
      | password | <password> |
    And the pair user and nothing is in a table
      | user | password       |
      | ada  | hush-Cell_4711 |
    And the pair user and nothing is in a table
      | password | hush-Pair_4711 |
    Examples:
      | user | password        |
      | ada  | hush-Table_4711 |

  Scenario: undefined
    When password=hush-Undefined_4711 is undefined
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of this repository with the second platform, whose service logs each note, and a scenario for each kind of secret."""
    root = copy_of_repository(tmp_path / "repository")
    for folder in ("environments", "support", "steps", "features"):
        shutil.copytree(root / "tests" / "second_platform" / folder, root / folder, dirs_exist_ok=True)
    service = root / "environments/platforms/shop/notes.py"
    logging_all = service.read_text().replace(
        "        notes[self.path] =", '        self.log_message("%s", text)\n        notes[self.path] ='
    )
    service.write_text(logging_all)
    (root / "steps/shop/planted.py").write_text(STEPS)
    (root / "environment.py").write_text((root / "environment.py").read_text() + HOOKS)
    (root / "features/shop/planted.feature").write_text(HEADING + "".join(map(_scenario, WRITABLE)) + TABLES)
    return root


def _scenario(kind: str) -> str:
    text, _ = KINDS[kind]
    lines = f"{text}\nwrite to {ADDRESS}, not to {OTHER}".splitlines()
    name = text if "\n" not in text else kind
    quoted = "\n".join(f"      {line}" for line in lines)
    return f'  Scenario: {name}\n    When this goes through everything\n      """\n{quoted}\n      """\n'


def test_planted_secrets_and_addresses_appear_in_no_file_and_not_on_the_console(ringmaster: Ringmaster, project: Path) -> None:
    out, variables = project.parent / "out", {"PYTHONPATH": str(project), "GITHUB_STEP_SUMMARY": str(project.parent / "out" / "summary.md")}
    out.mkdir()
    told = ("--format", "github", "--format", "messages", "--events", str(out / "events.jsonl"))
    outcome = ringmaster("run", "features/shop/planted.feature", *told, folder=project, **variables)
    assert outcome.exit_code == 1, outcome.output[-3000:]
    assert [scenario["status"] for scenario in outcome.record["scenarios"]] == ["failed"] * len(WRITABLE) + ["passed", "error"]
    latest = str(outcome.results / "latest")
    afterwards = [
        ("gate", latest),
        ("report", latest),
        ("export", latest, "--format", "github"),
        ("history",),
        ("show", "--full"),
        ("flakes",),
        ("lint", "features/shop/planted.feature"),
        ("lint", "--format", "json", "features/shop/planted.feature"),
    ]
    said = [outcome.output, *(ringmaster(*command, folder=project, **variables).output for command in afterwards)]
    found = [f"{kind} on the console" for secret, kind in PLANTED.items() if any(secret in output for output in said)]
    written = {file.name for file in outcome.results.rglob("*")}
    assert {"summary.md", "events.jsonl", "history.sqlite", "gate-decision.json", "report.html", "cucumber-messages.ndjson"} <= written
    # each has one pseudonym, in all that steps, services and reports wrote
    pairs = {
        pair for file in outcome.results.rglob("*") if file.is_file() for text in _as_readers_see_it(file) for pair in PAIR.findall(text)
    }
    assert len(pairs) == 1, pairs
    assert len(set(pairs.pop())) == 2
    files = [file for file in outcome.results.rglob("*") if file.is_file() and not file.is_symlink()]
    assert len(files) > 3 * len(WRITABLE)
    for file in files:
        texts = _as_readers_see_it(file)
        found += [f"{kind} in {file}" for secret, kind in PLANTED.items() if any(secret in text for text in texts)]
    assert found == [], "\n".join(found)


def _as_readers_see_it(file: Path) -> list[str]:
    text = file.read_text(errors="replace")
    texts = [text, html.unescape(text), str(file)]
    if file.suffix in (".json", ".jsonl", ".ndjson"):
        lines = [text] if file.suffix == ".json" else text.split("\n")
        texts += [_values(json.loads(line)) for line in lines if line]
    return texts


def _values(value: object) -> str:
    if isinstance(value, dict):
        return "\n".join(f"{key}\n{_values(member)}" for key, member in value.items())
    return "\n".join(map(_values, value)) if isinstance(value, list) else str(value)
