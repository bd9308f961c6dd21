"""A project of its own for the runner's tests: 60 scenarios with every kind of outcome, and no platform."""

from pathlib import Path

OUTCOMES = """
@p0
Feature: outcomes
  Each kind of outcome there is.

  Background:
    Given it passes

  Scenario: passes
    When it passes
  Scenario: fails
    When it fails
    Then it passes
  @p1
  Scenario: fails, and warns
    When it fails
  @p2
  Scenario: breaks, and informs
    When it breaks
  Scenario: breaks
    When it breaks
  Scenario: has a bad hook before
    When it passes
  Scenario: has a bad hook after
    When it passes
  Scenario: has a bad hook before a step
    When it passes
  Scenario: has a bad tag hook
    When it passes
  Scenario: cleans up badly
    When it cleans up badly
  Scenario: fails and cleans up badly
    When it cleans up badly
    And it fails
  Scenario: is undefined
    When nobody knows this
    Then it passes
  Scenario: fails before something undefined
    When it fails
    Then nobody knows this
  Scenario: is pending
    When it is pending
  Scenario: is skipped by a hook
    When it passes
  Scenario: is skipped by a step
    When it skips itself
    Then it passes
  Scenario: says something
    When it says "spoken aloud"
    Then it passes
  Scenario: says something and fails
    When it says "spoken aloud"
    Then it fails
  Scenario: logs something and fails
    When it logs "written down"
    Then it fails
  Scenario: calls other steps
    When it calls other steps
  Scenario: has no steps of its own
"""

FORMS = '''
Feature: forms of steps
  Scenario: a table
    Given the table
      | name | rows |
      | a    | 1    |
      | b    | 2    |
  Scenario: a text
    Given the text
      """
      first line
      second line
      """
  Scenario: awaits
    Given it awaits 0.01 s
  Scenario: awaits and fails
    Given it awaits something that fails
  Scenario Outline: rows of <kind>
    Given it <does>
    Examples: good
      | kind | does   |
      | a    | passes |
      | b    | passes |
      | c    | passes |
      | d    | passes |
      | e    | passes |
      | f    | passes |
      | g    | passes |
      | h    | passes |
    @p1
    Examples: bad
      | kind | does   |
      | i    | fails  |
      | j    | breaks |

  Rule: with a background of its own
    Background:
      Given it says "by the rule"
    Scenario: under a rule
      When it passes
    Scenario: fails under a rule
      When it fails
    Scenario Outline: row <n> under a rule
      When it passes
      Examples:
        | n |
        | 1 |
        | 2 |
        | 3 |
        | 4 |
  Rule: another one
    Scenario: under another rule
      When it passes
'''

MANY = "\n@many\nFeature: many\n" + "".join(f"  Scenario: number {number}\n    Given it passes\n" for number in range(15))

HOOKED = """
@shared-thing
Feature: with hooks of its own
  Scenario: uses what the hook made
    Then the hook of the feature ran once
  Scenario: uses it too
    Then the hook of the feature ran once
  Scenario: and once more
    Then the hook of the feature ran once
"""

STEPS = """
import asyncio, logging, os, sys, time
from behave import given, then, when, step
from behave.api.pending_step import StepNotImplementedError

@step("it passes at attempt {number:d}")
def passes_late(context, number):
    note("tried")
    tries = open("notes.log").read().split().count("tried")
    assert tries >= number, f"the network is away, try {tries}"

@step("it passes")
def passes(context): pass
@step("it fails")
def fails(context): raise AssertionError("one is not two")
@step("it breaks")
def breaks(context): raise KeyError("broken")
@step("it is pending")
def pending(context): raise StepNotImplementedError("to do")
@step('it says "{text}"')
def says(context, text):
    print(text)
    print(text, file=sys.stderr)
@step('it logs "{text}"')
def logs(context, text): logging.getLogger("sample").warning(text)
@step("it cleans up badly")
def cleans(context):
    def bad(): raise RuntimeError("cleanup went wrong")
    context.add_cleanup(bad)
@step("it skips itself")
def skips(context): context.scenario.skip("found out late")
@step("it calls other steps")
def calls(context): context.execute_steps("Given it passes\\nThen it passes")
@step("it awaits {seconds:g} s")
async def awaits(context, seconds): await asyncio.sleep(seconds)
@step("it awaits something that fails")
async def awaits_failure(context):
    await asyncio.sleep(0)
    raise AssertionError("awaited in vain")
@step("the table")
def table(context): assert [row["rows"] for row in context.table] == ["1", "2"]
@step("the text")
def text(context): assert context.text.splitlines() == ["first line", "second line"]
@step("the hook of the feature ran once")
def ran_once(context):
    assert context.shared == "made"
    with open("hooks.log") as log:
        assert log.read().split().count("before:with-hooks-of-its-own") == 1
@step("it ends its worker with exit code {code:d}")
def ends(context, code): os._exit(code)
@step("it is killed by signal {number:d}")
def killed(context, number): os.kill(os.getpid(), number)
@step("it takes {seconds:g} s")
def takes(context, seconds): time.sleep(seconds)
@step("it takes {seconds:g} s whatever is asked of it")
def stubborn(context, seconds):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            time.sleep(0.05)
        except Exception:
            pass
@step("it holds the processor for good")
def holds(context):
    sum(range(10**13))
@step("it notes that it runs for {seconds:g} s")
def notes(context, seconds):
    name = context.scenario.name.replace(" ", "-")
    note(f"begin:{name}")
    time.sleep(seconds)
    note(f"end:{name}")
@step("it starts a program that runs for {seconds:d} s")
def starts(context, seconds):
    import subprocess
    subprocess.Popen(["sleep", str(seconds)])
def note(text):
    number = os.open("notes.log", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(number, f"{text}\\n".encode())
    os.close(number)
"""

ENVIRONMENT = """
import os

def note(text):
    number = os.open("hooks.log", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(number, f"{text.replace(' ', '-')}\\n".encode())
    os.close(number)

def before_all(context):
    note("before_all")
    context.from_before_all = 1
    context.add_cleanup(note, "cleanup_of_all")

def after_all(context): note("after_all")

def before_feature(context, feature):
    note(f"before:{feature.name}")
    if "shared-thing" in feature.tags:
        context.shared = "made"
        context.add_cleanup(note, f"cleanup:{feature.name}")
    if "bad-before" in feature.tags:
        raise RuntimeError("the feature cannot begin")

def after_feature(context, feature):
    note(f"after:{feature.name}:{feature.status.name}")
    if "bad-after" in feature.tags:
        raise RuntimeError("the feature cannot end")

def before_scenario(context, scenario):
    assert context.from_before_all == 1
    if scenario.name == "has a bad hook before": raise RuntimeError("hook went wrong before")
    if scenario.name == "is skipped by a hook": scenario.skip("not here")

def after_scenario(context, scenario):
    if scenario.name == "has a bad hook after": raise RuntimeError("hook went wrong after")
    if scenario.name == "has a bad tag hook": raise RuntimeError("tag hook went wrong")
    if "noisy" in scenario.tags: print("printed by a hook")

def before_step(context, step):
    if context.scenario.name == "has a bad hook before a step": raise RuntimeError("hook of the step went wrong")
"""


def write_project(folder: Path, **features: str) -> Path:
    """Make a project with the given features (by file name without ending), or with all 60 scenarios."""
    chosen = features or {"outcomes": OUTCOMES, "forms": FORMS, "many": MANY, "hooked": HOOKED}
    for name in ("features", "steps"):
        (folder / name).mkdir(parents=True)
    for name, text in chosen.items():
        (folder / "features" / f"{name}.feature").write_text(text)
    (folder / "steps" / "steps.py").write_text(STEPS)
    (folder / "environment.py").write_text(ENVIRONMENT)
    return folder
