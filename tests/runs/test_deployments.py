"""`ringmaster up`, `status` and `down`, and runs on what is up: they use it, leave it as it was, and say what is wrong with it."""

import json
import os
import signal
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from environments.processes.of_run import alive_and_same
from support.waiting import eventually
from tests.runs.conftest import Outcome, Ringmaster, in_copy, processes_of

Shop = Any


@pytest.fixture
def shop(ringmaster: Ringmaster, two_platforms: Path, tmp_path: Path) -> Iterator[Shop]:
    """`shop("up", "shop")` runs the command where nothing is set for the other platform; what is up in the end is taken down."""
    (tmp_path / "empty.toml").touch()

    def command(*arguments: str) -> Outcome:
        return in_copy(ringmaster, two_platforms, *arguments, RINGMASTER_SETTINGS_FILE=str(tmp_path / "empty.toml"))

    yield command
    command("down", "--all")


def file_of(tmp_path: Path, name: str = "local") -> Path:
    return tmp_path / "deployments" / f"{name}.toml"


def run_on(shop: Shop, name: str, *arguments: str) -> Outcome:
    outcome: Outcome = shop("run", "features/shop", "--substrate", "remote", "--deployment", name, *arguments)
    return outcome


def test_scenarios_run_on_what_is_up_and_leave_it_up(shop: Shop, tmp_path: Path, temporary: Path) -> None:
    up = shop("up", "shop")
    assert up.exit_code == 0, up.output
    assert "shop is up as 'local' on embedded" in up.output
    for _ in range(2):
        outcome = run_on(shop, "local")
        assert outcome.exit_code == 0, outcome.output
        assert [scenario["status"] for scenario in outcome.record["scenarios"]] == ["passed", "passed"]
        assert outcome.record["substrate"] == "remote"
    status = shop("status")
    assert status.exit_code == 0
    assert "local: shop on embedded, up" in status.output
    down = shop("down")
    assert (down.exit_code, down.output.strip()) == (0, "local is down")
    assert not file_of(tmp_path).exists()
    assert processes_of(temporary) == []
    assert list(temporary.iterdir()) == []


def test_secrets_are_for_the_owner_only_and_nobody_prints_them(shop: Shop, tmp_path: Path) -> None:
    up = shop("up", "shop")
    assert file_of(tmp_path).stat().st_mode & 0o777 == 0o600
    for secret in tomllib.loads(file_of(tmp_path).read_text()).get("secrets", {}).values():
        assert secret not in up.output + shop("status").output


def test_several_are_up_at_once_by_name(shop: Shop) -> None:
    assert shop("up", "shop").exit_code == 0
    taken = shop("up", "shop")
    assert taken.exit_code == 2
    assert "'local' is up already: `ringmaster down local` ends it" in taken.output
    assert shop("up", "shop", "--name", "second").exit_code == 0
    assert shop("down", "local").exit_code == 0
    assert run_on(shop, "second").exit_code == 0


def test_one_whose_keeper_was_killed_is_said_to_be_down_and_cleaned_up(shop: Shop, tmp_path: Path, temporary: Path) -> None:
    shop("up", "shop")
    kept_by = tomllib.loads(file_of(tmp_path).read_text())["kept_by"]
    os.kill(kept_by["pid"], signal.SIGKILL)
    eventually("the keeper to be gone", lambda: alive_and_same(kept_by["pid"], kept_by["started"]), lambda alive: not alive, within=10)
    eventually("its services to be gone", lambda: shop("status").exit_code, lambda code: code == 1, within=30)
    broken = run_on(shop, "local")
    assert broken.exit_code == 3
    assert "the deployment 'local' does not answer everywhere" in broken.output
    down = shop("down")
    assert (down.exit_code, "was down already" in down.output) == (0, True)
    assert processes_of(temporary) == []
    assert list(temporary.iterdir()) == []
    assert shop("up", "shop").exit_code == 0


def test_a_defect_in_what_is_up_is_noticed(shop: Shop) -> None:
    assert shop("up", "shop", "--sabotage", "shop-notes-cut-short").exit_code == 0
    assert run_on(shop, "local").exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--substrate", "remote"], "needs the name of a deployment: --deployment NAME. There are: none: `ringmaster up` starts one"),
        (["--substrate", "remote", "--deployment", "nowhere"], "there is no deployment 'nowhere'; there are: none"),
    ],
)
def test_a_run_on_no_deployment_is_refused(shop: Shop, arguments: list[str], words: str) -> None:
    outcome = shop("run", "features/shop", *arguments)
    assert outcome.exit_code == 2, outcome.output
    assert words in outcome.output


def test_what_cannot_be_started_or_ended_is_refused(shop: Shop, tmp_path: Path) -> None:
    for arguments, words in (
        (["up", "shop", "--substrate", "none"], "nothing can be started on the substrate none"),
        (["up", "shpo"], "there is no platform 'shpo'. Known, nearest first: shop"),
        (["up", "shop", "--name", "../x"], "small letters, digits and dashes only"),
        (["down", "nowhere"], "there is no deployment 'nowhere'"),
    ):
        outcome = shop(*arguments)
        assert outcome.exit_code == 2, outcome.output
        assert words in outcome.output
    file_of(tmp_path).parent.mkdir(parents=True, exist_ok=True)
    file_of(tmp_path, "theirs").touch(mode=0o600)
    file_of(tmp_path, "theirs").write_text('platform = "shop"\n[addresses]\n"notes:http" = "127.0.0.1:9"\n')
    theirs = shop("down", "theirs")
    assert theirs.exit_code == 2
    assert "not ours to end" in theirs.output


def test_parity_and_drift_name_a_defect_of_the_deployment_and_nothing_else(shop: Shop, tmp_path: Path) -> None:
    shop("up", "shop")
    same = shop("parity", "embedded", "remote", "features/shop", "--deployment", "local")
    assert same.exit_code == 0, same.output
    assert "2 scenarios compared: 0 new differences, 0 known" in same.output
    assert "cannot be said by remote" in same.output
    shop("up", "shop", "--name", "defective", "--sabotage", "shop-notes-cut-short")
    report = tmp_path / "drift.json"
    # without features: those of its platform, and of no other one
    drifted = shop("drift", "defective", "--json", str(report))
    assert drifted.exit_code == 1, drifted.output
    found = json.loads(report.read_text())
    assert found["compared"] == ["the reference", "defective"]
    assert [one["what"] for one in found["differences"]] == ["passed on the reference, failed on defective"] * 2
    # the report of a later run shows it
    page = (run_on(shop, "local").results / "latest" / "report.html").read_text()
    assert '"drifts":[{"deployment":"defective"' in page
    assert "failed on defective" in page


def test_two_variants_of_one_substrate_are_compared_on_a_page_and_only_what_nobody_has_explained_fails(shop: Shop, tmp_path: Path) -> None:
    page, known = tmp_path / "parity.html", tmp_path / "known.toml"
    arguments = ["parity", "embedded", "embedded", "features/shop", "--with", "sabotage=shop-notes-cut-short", "--html", str(page)]
    other = "embedded with sabotage=shop-notes-cut-short"
    differ = shop(*arguments, "--json", str(tmp_path / "parity.json"))
    assert differ.exit_code == 1, differ.output
    found = json.loads((tmp_path / "parity.json").read_text())
    assert found["compared"] == ["embedded", other]
    of_the_service = f"the setting `variable RINGMASTER_SABOTAGE` is there on {other} only"
    assert [one["what"] for one in found["differences"]] == [f"passed on embedded, failed on {other}"] * 2 + [of_the_service]
    assert f"failed on {other}" in page.read_text()
    entries = [f"[[known]]\nwhere = {json.dumps(one['where'])}\nwhat = {json.dumps(one['what'])}\n" for one in found["differences"]]
    known.write_text('reason = "issue 7"\n'.join([*entries, ""]))
    explained = shop(*arguments, "--known", str(known))
    assert explained.exit_code == 0, explained.output
    assert "0 new differences, 3 known" in explained.output
    assert "issue 7" in page.read_text()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("sabotage", "option --with: 'sabotage' has to be a setting and its value"),
        ("sabotage=nosuch", "'nosuch' is not a sabotage"),
        ("sabotgae=x", "'sabotgae' is not a setting. Did you mean"),
    ],
)
def test_a_wrong_setting_of_a_variant_is_refused_before_anything_runs(given: str, words: str, shop: Shop) -> None:
    outcome = shop("parity", "embedded", "embedded", "features/shop", "--with", given)
    assert (outcome.exit_code, "Runs the same" in outcome.output) == (2, False), outcome.output
    assert words in outcome.output


def test_a_comparison_that_cannot_be_made_says_why(shop: Shop) -> None:
    for arguments, words in (
        (["parity", "embedded", "remote", "features/shop"], "needs the name of a deployment"),
        (["parity", "embedded", "moon", "features/shop"], "there is no substrate 'moon'"),
        (["drift", "nowhere", "features/shop"], "there is no deployment 'nowhere'"),
        (["compat", "shop"], "has to name one version, such as shop-client==1.2.64"),
        (["compat", "no-such-package==1.0"], "is not installed here"),
        (["compat", "click==8.0.0"], "no platform names features for the package 'click'"),
    ):
        outcome = shop(*arguments)
        assert outcome.exit_code == 2, outcome.output
        assert words in outcome.output
        assert "✓" not in outcome.output, "a scenario ran before it was said"


@pytest.mark.parametrize("arguments", [["drift"], ["parity", "embedded", "remote", "--deployment"]])
@pytest.mark.parametrize("by_path", [False, True])
def test_a_deployment_that_does_not_answer_is_said_before_anything_runs(
    arguments: list[str], by_path: bool, shop: Shop, tmp_path: Path
) -> None:
    file = tmp_path / "half.toml" if by_path else file_of(tmp_path, "half")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_text('platform = "shop"\n[addresses]\n"notes:http" = "http://127.0.0.1:1"\n')
    outcome = shop(*arguments, str(file) if by_path else "half")
    assert (outcome.exit_code, "Runs the same" in outcome.output) == (3, False), outcome.output
    assert "the deployment 'half' does not answer everywhere:\n  notes:http at 127.0.0.1:1: Connection refused" in outcome.output


def test_a_state_folder_that_cannot_be_written_is_said_in_a_sentence(
    ringmaster: Ringmaster, two_platforms: Path, tmp_path: Path, temporary: Path
) -> None:
    (tmp_path / "empty.toml").touch()
    (tmp_path / "file").touch()
    variables = {"RINGMASTER_SETTINGS_FILE": str(tmp_path / "empty.toml"), "RINGMASTER_LEDGER_FOLDER": str(tmp_path / "file" / "runs")}
    outcome = in_copy(ringmaster, two_platforms, "up", "shop", **variables)
    assert outcome.exit_code == 3, outcome.output
    assert "shop could not be started: the folder for its logs " in outcome.output
    assert "cannot be used (Not a directory): set RINGMASTER_LEDGER_FOLDER" in outcome.output
    assert "Traceback" not in outcome.output
    assert processes_of(temporary) == []


KNOWN_DEFECT = """@ring2 @p0 @budget.30 @upstream.17
Feature: What the real shop does wrong

  Scenario: A note is cut short
    When "two apples" is noted under "to buy"
    Then "{wanted}" stands under "to buy"
"""


def test_a_known_defect_of_the_real_platform_does_not_block_there_and_a_pass_is_pointed_out(
    shop: Shop, two_platforms: Path, tmp_path: Path
) -> None:
    feature = two_platforms / "features" / "shop" / "known_defect.feature"
    assert shop("up", "shop").exit_code == 0
    # the same deployment as its own operators would describe it
    described = file_of(tmp_path).read_text().partition("[kept_by]")[0]
    file_of(tmp_path, "real").touch(mode=0o600)
    file_of(tmp_path, "real").write_text(described)

    def on(name: str, wanted: str) -> Outcome:
        feature.write_text(KNOWN_DEFECT.format(wanted=wanted))
        return in_shop(shop, name)

    try:
        assert on("local", "two pears").exit_code == 1
        failed = on("real", "two pears")
        assert "(1 quarantined)" in failed.output
        mended = on("real", "two apples")
        assert mended.exit_code == 0, mended.output
        words = "known defect 17 of the real platform: features/shop/known_defect.feature:4 A note is cut short passed"
        assert f"{words}: it can do without it now" in " ".join(mended.output.split())
    finally:
        feature.unlink()


def in_shop(shop: Shop, name: str) -> Outcome:
    outcome: Outcome = shop("run", "features/shop/known_defect.feature", "--substrate", "remote", "--deployment", name)
    return outcome
