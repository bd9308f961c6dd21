"""What a scenario asks of those that run beside it, from its tags."""

import re
from collections.abc import Iterable
from typing import NamedTuple

FAMILIES = re.compile(r"(exclusive|disturbs|without)\.(.+)")
WITHOUT_PLATFORM = "without-platform"
"""The tag of scenarios of a platform that need nothing of it to run."""


class ExclusionRules(NamedTuple):
    """What may not run beside a scenario."""

    alone: bool = False
    """`@serial`: nothing runs beside it."""
    exclusives: frozenset[str] = frozenset()
    """`@exclusive.<name>`: never beside another one of the same name."""
    disturbs: frozenset[str] = frozenset()
    """`@disturbs.<service>`: only beside what does without that service."""
    without: frozenset[str] = frozenset()
    """`@without.<service>`: may run beside what disturbs it."""
    without_platform: bool = False
    """`@without-platform`: may run beside what disturbs any service."""

    @property
    def restricts(self) -> bool:
        """Whether there is anything that may not run beside it."""
        return self.alone or bool(self.exclusives or self.disturbs)

    def allow(self, other: "ExclusionRules") -> bool:
        """Whether the two may run beside each other."""
        if self.alone or other.alone or self.exclusives & other.exclusives:
            return False
        return self._bears(other) and other._bears(self)

    def _bears(self, other: "ExclusionRules") -> bool:
        return self.without_platform or other.disturbs <= self.without


NONE = ExclusionRules()


def exclusion_rules_of(tags: Iterable[str]) -> ExclusionRules:
    """The rules of a scenario with these tags, written without the @; `NONE` itself when there are none."""
    alone = without_platform = False
    named: dict[str, set[str]] = {"exclusive": set(), "disturbs": set(), "without": set()}
    for tag in tags:
        if tag == "serial":
            alone = True
        elif tag == WITHOUT_PLATFORM:
            without_platform = True
        elif "." in tag and (match := FAMILIES.fullmatch(tag)):
            named[match[1]].add(match[2])
    if not alone and not without_platform and not any(named.values()):
        return NONE
    exclusives, disturbs, without = (frozenset(names) for names in named.values())
    return ExclusionRules(alone, exclusives, disturbs, without, without_platform)
