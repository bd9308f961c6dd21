"""The regression rate as a page: before and after a date, by week, and the list behind it."""

from collections.abc import Sequence
from datetime import date

from reports.pages.page import Page, Section
from support.evaluation.regression_rate import Rate, RegressionRate, Tie

FEWEST_WEEKS = 4
"""On either side of the date. Source: the playbook's definition of done of rings 2 and 3."""
BAR = 20
RULE = (
    "A fix is a change of the main line whose words say so. It is tied to a merge of the seven days before that it reverts, that it names, "
    "or whose lines it rewrites. What only adds lines, or fixes later, is not seen; what rewrites lines for another reason is."
)


def regression_page(found: RegressionRate, repository: str, day: date | None) -> Page:
    """The answer first, then each week, then each merge with its fixes."""
    weeks = [(str(monday), str(rate.merges), str(rate.caused_a_fix), _bar(rate)) for monday, rate in found.by_week().items()]
    sections = [
        Section("By week", (), ("week of", "merges", "caused a fix", "share"), weeks),
        Section("The list behind it", [RULE], ("merge", "fix", "why it is tied to it") if found.ties else (), _list(found.ties)),
    ]
    young = f" {found.too_young} more are younger than seven days and not counted yet." if found.too_young else ""
    whole = f"{found.of(found.merges)} caused a follow-up fix within seven days.{young}"
    return Page(f"Regression rate of {repository}", [whole, *_compared(found, day)], sections)


def _compared(found: RegressionRate, day: date | None) -> list[str]:
    if day is None:
        return []
    before, after = found.around(day)
    lines = [f"Before {day}: {before}. From {day} on: {after}."]
    if before.merges and after.merges:
        apart = before.interval[0] > after.interval[1] or after.interval[0] > before.interval[1]
        lines.append(
            "The intervals lie apart: the difference is hardly chance." if apart else "The intervals overlap: the difference may be chance."
        )
    sides = {"before": [m for m in found.merges if m.at.date() < day], "after": [m for m in found.merges if m.at.date() >= day]}
    for name, merges in sides.items():
        weeks = len({merge.at.isocalendar()[:2] for merge in merges})
        if weeks < FEWEST_WEEKS:
            lines.append(f"Only {weeks} week{' has' if weeks == 1 else 's have'} merges {name} it; compare at least {FEWEST_WEEKS}.")
    return lines


def _bar(rate: Rate) -> str:
    share = rate.share or 0.0
    return f"{share:>4.0%} {'█' * round(share * BAR)}"


def _list(ties: Sequence[Tie]) -> list[tuple[str, str, str]]:
    return [(str(tie.merge), str(tie.fix), tie.why) for tie in ties]
