"""Secrets and addresses that go through a run are in nothing that its live page is told, nor in its events."""

import json
import subprocess
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from tests.redaction.kinds import KINDS
from tests.runner.conftest import command, surroundings

__all__ = ["surroundings"]

ADDRESS = "secret.person@hospital.example"
STEPS = """
from pathlib import Path
from behave import when
from support.waiting import eventually

@when("this goes through everything")
def goes_through_everything(context):
    print(context.text)
    eventually(context.text, lambda: context.text, lambda seen: True)
    raise AssertionError(context.text)

@when("the reader is there")
def reader(context):
    eventually(f"the reader, as {ADDRESS} asked", Path("reader").exists, lambda found: found, within=50)
""".replace("{ADDRESS}", ADDRESS)


def scenario(kind: str) -> str:
    text, _ = KINDS[kind]
    quoted = "\n".join(f"      {line}" for line in f"{text}\nwrite to {ADDRESS}".splitlines())
    name = text if "\n" not in text else kind
    return f'  Scenario: {name}\n    When this goes through everything\n      """\n{quoted}\n      """\n'


def test_nothing_secret_is_told_while_a_run_goes_on(tmp_path: Path, surroundings: dict[str, str]) -> None:
    project = tmp_path / "project"
    # digits alone stand in times as well
    planted = [kind for kind, (_, secret) in KINDS.items() if not secret.isdigit()][::4]
    assert len(planted) >= 20
    first = f"Feature: planted\n  Ask {ADDRESS}.\n\n  Scenario: waits\n    When the reader is there\n"
    for name, text in (("features/f.feature", first + "".join(map(scenario, planted))), ("steps/s.py", STEPS), ("environment.py", "")):
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text)
    arguments = command("run", "--live", "--events", str(tmp_path / "events.jsonl"), "--results-folder", str(tmp_path / "out"))
    process = subprocess.Popen(arguments, cwd=project, env=surroundings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout is not None
    address = urlsplit(next(line for line in process.stdout if line.startswith("Live: ")).removeprefix("Live: ").strip())
    connection = HTTPConnection(address.netloc, timeout=60)
    connection.request("GET", f"{address.path}events")
    answer = connection.getresponse()
    told = b""
    while b'"over":true' not in told:
        told += answer.read1()
        if b"waits_for" in told:
            (project / "reader").touch()
    answer.close()
    connection.close()
    said, _ = process.communicate(timeout=60)
    for text in (told.decode(), (tmp_path / "events.jsonl").read_text(), said):
        assert text.count("write to") >= len(planted)
        found = [kind for kind in planted if KINDS[kind][1] in text or json.dumps(KINDS[kind][1])[1:-1] in text]
        assert found == []
        assert ADDRESS not in text
