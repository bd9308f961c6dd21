"""The command `ringmaster regression-rate`."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from support.commands.common import refused, show_page

SIX_MONTHS = timedelta(weeks=26)
DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command("regression-rate")
@click.argument("repository", type=click.Path(path_type=Path), help="a folder with a git repository, with all of its history")
@click.option("--date", "day", type=DAY, metavar="DATE", help="compare before and after this day, such as when a gate began: 2026-06-01")
@click.option("--since", type=DAY, metavar="DATE", help="leave out older merges; half a year before --date, or before today, when left out")
@click.option("--until", type=DAY, metavar="DATE", help="the day after the last one; now when left out")
@click.option("--branch", default="HEAD", metavar="NAME", help="the main line; what is checked out when left out")
@click.option("--every-commit", is_flag=True, help="count each commit of the main line, where nothing is merged")
@click.option("--html", type=click.Path(path_type=Path), help="write it as a page to this file")
def regression_rate(
    repository: Path,
    day: datetime | None,
    since: datetime | None,
    until: datetime | None,
    branch: str,
    every_commit: bool,
    html: Path | None,
) -> None:
    """Say what share of merges caused a follow-up fix within seven days, by week, before and after a date, with the list behind it.

    Example: `ringmaster regression-rate ../backend --date 2026-06-01`.
    """
    from reports.pages.regression_rate import regression_page
    from support.evaluation.git import GitError, Repository
    from support.evaluation.regression_rate import regression_rate as measure

    last = until.replace(tzinfo=UTC) if until else datetime.now(UTC)
    first = since.replace(tzinfo=UTC) if since else (day.replace(tzinfo=UTC) if day else last) - SIX_MONTHS
    if day and not first <= day.replace(tzinfo=UTC) <= last:
        raise refused(f"--date {day:%Y-%m-%d} does not lie between {first:%Y-%m-%d} and {last:%Y-%m-%d}: see --since and --until")
    if first >= last:
        raise refused(f"--since {first:%Y-%m-%d} is not before {last:%Y-%m-%d}")
    try:
        found = measure(Repository(repository, branch), first, last, every_commit=every_commit)
    except GitError as error:
        raise refused(error) from None
    if not found.merges:
        young = f" ({found.too_young} are younger than seven days)" if found.too_young else ""
        hint = "" if every_commit else "; where nothing is merged, --every-commit counts each commit"
        raise refused(f"{repository} has no merge between {first:%Y-%m-%d} and {last:%Y-%m-%d}{young}: see --since and --branch{hint}")
    show_page(regression_page(found, repository.resolve().name, day.date() if day else None), html)
