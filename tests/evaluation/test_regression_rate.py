"""Which merges caused a fix: by lines, by name, by being reverted, within seven days."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from support.evaluation.git import GitError, Repository
from support.evaluation.regression_rate import Rate, RegressionRate, regression_rate
from tests.evaluation.repository import FIRST, Made

LATER = FIRST + timedelta(days=90)


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return Made(tmp_path / "repository")


def measured(made: Made, *, until: datetime = LATER, every_commit: bool = False) -> RegressionRate:
    return regression_rate(Repository(made.folder), FIRST - timedelta(days=1), until, every_commit=every_commit)


def ties(found: RegressionRate) -> list[tuple[str, str, str]]:
    return [(tie.merge.subject, tie.fix.subject, tie.why) for tie in found.ties]


def test_a_fix_that_rewrites_lines_of_a_merge_is_tied_to_it(made: Made) -> None:
    made.merge(1, "prices", {"prices.py": "one\n\ntwo\nthree\n"})
    made.merge(2, "names", {"names.py": "name\n"})
    made.merge(4, "other", {"prices.py": "one\n\ntwo, mended\nthree, too\n"}, subject="Fix the price of two")
    found = measured(made)
    assert ties(found) == [("Merge branch 'prices'", "Fix the price of two", "rewrites 2 lines that it brought, in prices.py")]
    assert str(found.of(found.merges)).startswith("33.3% (1 of 3 merges;")


def test_a_change_whose_words_say_nothing_of_a_fix_is_none(made: Made) -> None:
    made.merge(1, "prices", {"prices.py": "one\n"})
    made.merge(2, "fixtures", {"prices.py": "more\n"}, subject="Add fixtures (#4)")
    assert ties(measured(made)) == []


@pytest.mark.parametrize(
    "subject",
    ["fix: wrong price", "Hotfix of prices", "Merge branch 'fix/price'", "Merge pull request #9 from ada/hotfix-price", "[A-1] Fixed it"],
)
def test_words_and_names_of_branches_make_a_fix(made: Made, subject: str) -> None:
    made.merge(1, "prices", {"prices.py": "one\n"})
    made.merge(2, "repair", {"prices.py": "two\n"}, subject=subject)
    assert [why for _, _, why in ties(measured(made))] == ["rewrites 1 line that it brought, in prices.py"]


def test_lines_are_those_of_the_merge_that_brought_them_last(made: Made) -> None:
    made.merge(1, "first", {"prices.py": "one\n"})
    made.merge(2, "second", {"prices.py": "two\n"})
    made.commit(3, "fix prices", {"prices.py": "three\n"})
    assert [merge for merge, _, _ in ties(measured(made))] == ["Merge branch 'second'"]


@pytest.mark.parametrize(("days", "tied"), [(7, True), (7.01, False)])
def test_after_seven_days_a_fix_is_tied_to_nothing(made: Made, days: float, tied: bool) -> None:
    made.merge(1, "prices", {"prices.py": "one\n"})
    made.commit(1 + days, "fix prices", {"prices.py": "two\n"})
    assert bool(ties(measured(made))) is tied


@pytest.mark.parametrize(
    ("before", "after"), [("one\n", "one\nmore\n"), ("one\n\nlast\n", "one\nlast\n"), ("one\n  two\n", "one\n    two\n")], ids=str
)
def test_added_lines_blank_lines_and_space_tie_nothing(made: Made, before: str, after: str) -> None:
    made.merge(1, "prices", {"prices.py": before})
    made.commit(2, "fix prices", {"prices.py": after})
    assert ties(measured(made)) == []


@pytest.mark.parametrize("name", ["CHANGELOG.md", "docs/prices.rst", "package-lock.json", "poetry.lock"])
def test_documents_and_lock_files_tie_nothing(made: Made, name: str) -> None:
    made.merge(1, "prices", {name: "one\n"})
    made.commit(2, "fix prices", {name: "two\n"})
    assert ties(measured(made)) == []


def test_a_renamed_file_and_odd_names_keep_their_lines(made: Made) -> None:
    made.merge(1, "odd", {"päths/a b.py": "one\ntwo\nthree\nfour\n", 'quo"te.py': "-- one\n"})
    made.git("mv", "päths/a b.py", "c.py")
    made.commit(2, "fix odd names", {"c.py": "one\ntwo\nthree\n-- five\n", 'quo"te.py': "--- two\n"})
    made.commit(3, "fix again", {"c.py": "one\ntwo\nthree\n-- six\n"})
    assert [why for _, _, why in ties(measured(made))] == ["rewrites 1 line that it brought, in päths/a b.py"]


def test_a_revert_is_tied_to_what_it_reverts_also_to_a_commit_on_the_branch(made: Made) -> None:
    first = made.merge(1, "first", {"first.py": "one\n"})
    made.merge(1, "second", {"second.py": "one\n"}, commit="inner")
    made.git("revert", "--no-edit", "-m", "1", first, day=2)
    made.git("revert", "--no-edit", made.git("log", "-1", "--format=%H", "second"), day=3)
    assert [(merge, why) for merge, _, why in ties(measured(made))] == [
        ("Merge branch 'first'", "reverts it"),
        ("Merge branch 'second'", "reverts it"),
    ]


def test_squashed_merges_are_known_by_their_number_and_tied_by_it(made: Made) -> None:
    made.commit(1, "Add prices (#12)", {"prices.py": "one\n"})
    made.commit(1, "Add names (#13)", {"names.py": "one\n"})
    made.commit(1, "Add colours (#14)", {"colours.py": "one\n"})
    made.commit(2, "Fix rounding, broken since #12 (#15)", {"rounding.py": "one\n"})
    made.commit(3, 'Revert "Add names (#13)" (#16)', {"other.py": "one\n"})
    made.commit(3, "Repair colours\n\nFixes: " + made.git("log", "-1", "--format=%h", "--grep=colours"), {"other.py": "two\n"})
    found = measured(made)
    assert {(merge, why) for merge, _, why in ties(found)} == {
        ("Add prices (#12)", "names #12"),
        ("Add names (#13)", "reverts it"),
        ("Add colours (#14)", "names its commit"),
        ('Revert "Add names (#13)" (#16)', "rewrites 1 line that it brought, in other.py"),
    }
    assert len(found.merges) == 5


def test_a_fix_is_tied_to_nothing_that_came_after_it(made: Made) -> None:
    made.commit(1, "Fix rounding before #13 (#12)", {"rounding.py": "one\n"})
    made.commit(2, "Add names (#13)", {"names.py": "one\n"})
    assert ties(measured(made)) == []


def test_direct_commits_count_only_when_asked_for(made: Made) -> None:
    made.commit(1, "prices", {"prices.py": "one\n"})
    made.commit(2, "fix prices", {"prices.py": "two\n"})
    assert measured(made).merges == []
    assert [merge for merge, _, _ in ties(measured(made, every_commit=True))] == ["prices"]


def test_what_a_pull_merged_is_no_merge(made: Made) -> None:
    made.merge(1, "theirs", {"a.py": "one\n"}, subject="Merge branch 'main' of example.com:shop")
    assert measured(made).merges == []


def test_merges_whose_week_is_not_over_are_not_counted_yet(made: Made) -> None:
    made.merge(1, "old", {"old.py": "one\n"})
    made.merge(10, "young", {"young.py": "one\n"})
    made.commit(11, "fix young", {"young.py": "two\n"})
    found = measured(made, until=FIRST + timedelta(days=12))
    assert ([merge.subject for merge in found.merges], found.too_young, ties(found)) == (["Merge branch 'old'"], 1, [])


def test_rates_are_told_by_week_and_around_a_day(made: Made) -> None:
    for day in (0, 1, 9, 16):
        made.merge(day, f"branch-{day}", {f"{day}.py": "one\n"})
    made.commit(17, "fix 9 and 16", {"9.py": "two\n", "16.py": "two\n"})
    found = measured(made)
    assert found.by_week() == {date(2026, 1, 5): Rate(2, 0), date(2026, 1, 12): Rate(1, 0), date(2026, 1, 19): Rate(1, 1)}
    assert found.around(date(2026, 1, 14)) == (Rate(2, 0), Rate(2, 1))


def test_the_interval_is_wilsons() -> None:
    assert Rate(50, 6).interval == pytest.approx((0.0562, 0.2380), abs=0.001)
    assert Rate(0, 0).share is None


def test_what_cannot_be_measured_is_refused(made: Made, tmp_path: Path) -> None:
    with pytest.raises(GitError, match="there is no folder"):
        Repository(tmp_path / "nothing")
    with pytest.raises(GitError, match="cannot be used as a git repository"):
        Repository(tmp_path)
    with pytest.raises(GitError, match="has no commit 'nothing'"):
        Repository(made.folder, "nothing")
    made.commit(1, "more", {"a.py": "one\n"})
    made.git("clone", "-q", "--depth", "1", f"file://{made.folder}", str(tmp_path / "shallow"))
    with pytest.raises(GitError, match="is a shallow clone"):
        Repository(tmp_path / "shallow")


def test_no_program_that_the_repository_configures_is_started(made: Made, tmp_path: Path) -> None:
    spy = tmp_path / "spy"
    spy.write_text(f"#!/bin/sh\ntouch {tmp_path}/started\ncat\n")
    spy.chmod(0o755)
    for name in ("diff.external", "core.pager", "core.fsmonitor", "diff.odd.textconv", "diff.odd.command", "gpg.program"):
        made.git("config", name, str(spy))
    made.git("config", "log.showSignature", "true")
    made.merge(1, "prices", {".gitattributes": "*.py diff=odd\n", "prices.py": "one\n"})
    made.commit(2, "fix prices", {"prices.py": "two\n"})
    (tmp_path / "started").unlink(missing_ok=True)
    assert len(ties(measured(made))) == 1
    assert not (tmp_path / "started").exists()


def test_an_odd_clock_does_not_matter(made: Made) -> None:
    made.merge(5, "prices", {"prices.py": "one\n"})
    made.commit(3, "fix prices", {"prices.py": "two\n"})
    assert len(ties(regression_rate(Repository(made.folder), datetime(2026, 1, 1, tzinfo=UTC), LATER))) == 1
