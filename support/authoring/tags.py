"""The tags that scenarios may carry, what they mean, and what is wrong with one that is not among them. Source: our choice."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from environments.choose import all_sabotages, platform_classes
from support.authoring.wording import KINDS
from support.nearest import did_you_mean
from support.settings_file import declared

RINGS = (1, 2, 3)
PRIORITIES = ("p0", "p1", "p2")

Check = Callable[[str], str | None]


@dataclass(frozen=True)
class Tag:
    """A known tag, or a family of them: what stands before `.<...>` is its name, and `check` says what is wrong with the rest."""

    name: str
    argument: str
    meaning: str
    check: Check | None = None

    def __str__(self) -> str:
        return f"@{self.name}.<{self.argument}>" if self.argument else f"@{self.name}"


def problem_of(tag: str) -> str | None:
    """What is wrong with a tag (written without the @), with the nearest known one; None when nothing is."""
    if tag in _plain_tags() or tag in declared().tags:
        return None
    families = {known.name: known for known in TAGS if known.argument}
    family, dot, argument = tag.partition(".")
    if family in families and dot and argument:
        check = families[family].check
        return check(argument) if check else None
    if family in families:
        return f"'@{tag}' says nothing: it is written {families[family]}."
    return f"'@{tag}' is not a known tag.{_nearest(tag, [*_plain_tags(), *declared().tags, *families])}"


def tags_by_owner() -> "Mapping[str, Iterable[Tag]]":
    """The known tags: the general ones under an empty name, each platform's, and the project's own. Raises SettingsError."""
    of_platforms = {platform.name: _tags(platform.vocabulary.tags) for platform in platform_classes()}
    found = {"": TAGS, **of_platforms, "this project": _tags(declared().tags)}
    return {owner: tags for owner, tags in found.items() if tags}


def _tags(meanings: Mapping[str, str]) -> tuple[Tag, ...]:
    return tuple(Tag(name, "", meaning) for name, meaning in meanings.items())


@cache
def _plain_tags() -> frozenset[str]:
    of_platforms = [name for platform in platform_classes() for name in platform.vocabulary.tags]
    return frozenset([*(known.name for known in TAGS if not known.argument), *of_platforms])


def _nearest(given: str, known: Iterable[str]) -> str:
    return did_you_mean(f"@{given}", [f"@{name}" for name in known])


def _capability(name: str) -> str | None:
    # imported here: only a tag that asks for one needs it
    from support.capabilities import known_capabilities

    known = known_capabilities()
    if name in known:
        return None
    return f"no substrate or platform offers the capability '{name}'.{did_you_mean(name, known)} Known: {', '.join(sorted(known))}."


def _sabotage(name: str) -> str | None:
    known = all_sabotages()
    if name in known:
        return None
    return f"'{name}' is not a sabotage.{did_you_mean(name, known)} `ringmaster sabotages` lists them."


def _seconds(text: str) -> str | None:
    if re.fullmatch(r"\d{1,5}(?:\.\d+)?", text) and float(text) > 0:
        return None
    return f"'@budget.{text}' is not a number of seconds: write @budget.60, for instance."


def _number(text: str) -> str | None:
    return None if re.fullmatch(r"[1-9]\d*", text) else f"'{text}' is not the number of a playbook step."


def _issue_and_day(text: str) -> str | None:
    issue, dot, day = text.rpartition(".")
    wanted = "write @quarantine.<issue>.<yyyy-mm-dd>, with its last day"
    if not dot or not issue or "." in issue:
        return f"'@quarantine.{text}' lacks its issue or its day: {wanted}."
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", day):
            date.fromisoformat(day)
            return None
    except ValueError:
        pass
    return f"'{day}' is not a day: {wanted}."


def _service(name: str) -> str | None:
    shared = [service for platform in platform_classes() for service in platform.shared_services]
    return None if name in shared else f"'{name}' is not a service that all scenarios share.{did_you_mean(name, shared)}"


def _word(text: str) -> str | None:
    return None if text in KINDS else f"no words of the kind '{text}' have to be declared.{did_you_mean(text, KINDS)}"


TAGS = (
    Tag("ring1", "", "parts on their own: selection"),
    Tag("ring2", "", "services together: selection"),
    Tag("ring3", "", "the whole platform: selection"),
    Tag("smoke", "", "selection: the shortest way to see that the platform works"),
    Tag("nightly", "", "selection: every night"),
    Tag("pre-release", "", "selection: before a release"),
    Tag("p0", "", "blocks a release"),
    Tag("p1", "", "warns"),
    Tag("p2", "", "informs"),
    Tag("needs", "capability", "where it can run", _capability),
    Tag("without-platform", "", "needs nothing of its platform to run: nothing is started for it"),
    Tag("only-reads", "", "makes and changes nothing on the platform: runs on a deployment that may only be read, too"),
    Tag("serial", "", "disturbs the platform: runs alone"),
    Tag("exclusive", "name", "not beside others of that name"),
    Tag("disturbs", "service", "disturbs that service: runs only beside what does without it", _service),
    Tag("without", "service", "does without that service: may run beside what disturbs it", _service),
    Tag("budget", "seconds", "the wall time it may take", _seconds),
    Tag("network", "", "may be tried twice"),
    Tag("owner", "name", "who looks after it"),
    Tag("quarantine", "issue.yyyy-mm-dd", "runs, does not block, until that day", _issue_and_day),
    Tag("upstream", "issue", "a known defect of the real platform"),
    Tag("playbook", "n", "the playbook step it transcribes", _number),
    Tag("catches", "sabotage", "a sabotage that was seen to make it fail", _sabotage),
    Tag("wording", "word", "is about what such a word names, so its sentences may use the word", _word),
)
