"""The front end's specs: run, read, and never taken for green when they did not run."""

from pathlib import Path

import pytest

from support.platforms.tracebloc.front_end import CypressFailed, NoFrontEndCheckout, front_end_checkout, run_specs, why_not


def test_every_spec_is_read_with_its_tests(checkout: Path, platform_url: str, tmp_path: Path) -> None:
    login, leaderboard = sorted(run_specs(checkout, platform_url, tmp_path / "out"), key=lambda spec: len(spec.tests))
    assert (login.file, [test.name for test in login.tests], login.failures) == ("cypress/e2e/login.cy.js", ["logs in"], [])
    assert [(test.name, test.skipped, test.seconds) for test in leaderboard.tests] == [
        ("shows every team", False, 0.25),
        ("is skipped today", True, 0.25),
    ]


def test_a_failure_is_read_with_its_words(checkout: Path, platform_url: str, tmp_path: Path) -> None:
    (checkout / "trouble").write_text("spec-fails")
    failures = [test for spec in run_specs(checkout, platform_url, tmp_path / "out") for test in spec.failures]
    assert [(test.name, test.failure) for test in failures] == [("shows every team", "expected 3 rows, got 2")]


@pytest.mark.parametrize(
    ("trouble", "patience", "words"),
    [
        ("does-not-start", 1, "left no results.*could not verify"),
        ("counts-more", 1, "counts 5 failures, its results show 0"),
        ("hangs", 0.001, "did not end within 2 s"),
    ],
)
def test_specs_that_did_not_run_are_no_success(
    checkout: Path, platform_url: str, tmp_path: Path, trouble: str, patience: float, words: str
) -> None:
    (checkout / "trouble").write_text(trouble)
    with pytest.raises(CypressFailed, match=f"(?s){words}"):
        run_specs(checkout, platform_url, tmp_path / "out", patience)


def test_results_of_an_earlier_run_are_not_read_again(checkout: Path, platform_url: str, tmp_path: Path) -> None:
    run_specs(checkout, platform_url, tmp_path / "out")
    (checkout / "trouble").write_text("does-not-start")
    with pytest.raises(CypressFailed, match="left no results"):
        run_specs(checkout, platform_url, tmp_path / "out")


def test_a_folder_that_is_no_checkout_is_refused(checkout: Path, tmp_path: Path) -> None:
    with pytest.raises(NoFrontEndCheckout, match=r"has no package\.json"):
        front_end_checkout(tmp_path)
    (checkout / "package.json").write_text("{")
    with pytest.raises(NoFrontEndCheckout, match="is not JSON"):
        front_end_checkout(checkout)
    (checkout / "package.json").write_text('{"devDependencies": {"jest": "1"}}')
    with pytest.raises(NoFrontEndCheckout, match="does not ask for cypress"):
        front_end_checkout(checkout)


def test_a_checkout_without_its_packages_says_what_to_do(checkout: Path) -> None:
    assert why_not(checkout) is None
    (checkout / "node_modules" / ".bin" / "cypress").unlink()
    assert "npm ci" in str(why_not(checkout))
