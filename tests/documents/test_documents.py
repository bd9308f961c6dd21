"""Links lead somewhere, commands are understood, and tables list what there is."""

import re
import shlex
import tomllib
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from environments.choose import all_sabotages
from support.commands.application import add_platforms, application
from support.commands.history import HistoryGroup
from support.settings import READERS, Settings, platform_settings
from support.settings_file import DECLARATIONS

PROJECT = Path(__file__).parents[2]
DOCUMENTS = [
    *(PROJECT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *sorted((PROJECT / "docs").rglob("*.md")),
    PROJECT / "environments" / "service_bus" / "README.md",
]
# as GitHub makes them of headings
NOT_IN_ANCHORS = re.compile(r"[^\w\- ]")
CALL = re.compile(r"^\$ (ringmaster .*?)(?:\s{2,}#.*|\s+# .*)?$", re.MULTILINE)

add_platforms()


def _name(file: Path) -> str:
    return str(file.relative_to(PROJECT))


@cache
def _anchors(file: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
    return {NOT_IN_ANCHORS.sub("", heading.lower()).replace(" ", "-") for heading in headings}


LINKS = [
    pytest.param(file, target, id=f"{_name(file)} {target}")
    for file in DOCUMENTS
    for target in re.findall(r"\]\(([^)\s]+)\)", file.read_text(encoding="utf-8"))
    if not target.startswith(("https://", "http://"))
]
CALLS = sorted({call for file in DOCUMENTS for call in CALL.findall(file.read_text(encoding="utf-8"))})


@pytest.mark.parametrize(("file", "target"), LINKS)
def test_a_link_leads_somewhere(file: Path, target: str) -> None:
    path, _, anchor = target.partition("#")
    place = (file.parent / path).resolve() if path else file
    assert place.exists()
    assert not anchor or anchor in _anchors(place)


@pytest.mark.parametrize("call", CALLS)
def test_a_command_is_understood(call: str) -> None:
    words = [f"{word}=1" if word in ("--shuffle", "--jitter") else word for word in shlex.split(call)[1:]]
    command: Any = application
    while isinstance(command, click.Group) and words and words[0] in command.commands:
        command = command.commands[words.pop(0)]
    # a group may be a command of its own, as `ringmaster bus` is; then only options are left, or what `ringmaster history` shows
    assert command is not application
    assert not isinstance(command, click.Group) or not words or words[0].startswith("-") or isinstance(command, HistoryGroup)
    command.make_context(call, words)


def test_the_readme_begins_with_the_commands_that_ci_runs() -> None:
    first_screen = (PROJECT / "README.md").read_text(encoding="utf-8")[:1500]
    assert "python3 -m pip install tox && tox run -e smoke " in first_screen
    assert "tox run -e test " in first_screen
    assert "\ntox run -e smoke\n" in (PROJECT / ".ci" / "run").read_text(encoding="utf-8")


def test_the_table_of_settings_has_each_setting() -> None:
    rows = re.findall(r"^\| (`.+?) \|", (PROJECT / "docs" / "settings.md").read_text(encoding="utf-8"), re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    own = {setting.name for setting in fields(Settings) if setting.name in READERS}
    assert named == own | set(platform_settings())


def test_the_example_of_a_projects_own_tags_can_be_read() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", (PROJECT / "docs" / "writing-features.md").read_text(encoding="utf-8"), re.DOTALL)
    assert set(tomllib.loads(example)) == set(DECLARATIONS)


def test_documents_name_sabotages_that_there_are() -> None:
    text = "".join(file.read_text(encoding="utf-8") for file in DOCUMENTS)
    named = set(re.findall(r"(?:@catches\.|--sabotage )([a-z][a-z-]+)", text))
    # made by `ringmaster new platform shop`
    assert {name for name in named if not name.startswith("shop-")} <= set(all_sabotages())
    assert named


def test_hooks_before_a_commit_run_checks_of_ci() -> None:
    hooks = yaml.safe_load((PROJECT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"][0]["hooks"]
    ci = (PROJECT / ".ci" / "run").read_text(encoding="utf-8").replace(" --no-cache", "")
    assert [hook["entry"] for hook in hooks if f"tox exec -e test -- {hook['entry']}\n" not in ci] == []
    assert all(hook["language"] == "system" for hook in hooks)
