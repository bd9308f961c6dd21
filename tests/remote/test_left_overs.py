"""What scenarios made on a deployment: noted before it is made, removed after a kill, and listed where that cannot be done."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from environments.deployments.existing import Places
from environments.deployments.made import MadeThing
from environments.errors import SubstrateError, WrongScenario
from environments.ledger import FOLDER_VARIABLE, Ledger, clean_up_left_overs, what_stays
from environments.network.reaching import Reaching
from environments.processes.of_run import seconds_from_boot_to_start
from environments.remote import left_overs
from environments.remote.deployments import ExistingDeployment, Keeper, file_of
from environments.remote.left_overs import ThingsOnDeployment
from environments.services import Address
from support.commands.clean import clean

OWNER = MadeThing("account", "e2e-test-1-the-owner", "word")
GUEST = MadeThing("account", "e2e-test-1-the-guest", "word")


class Shop:
    """Removes things, unless they are in `kept`."""

    def __init__(self) -> None:
        self.removed: list[tuple[str, str, str]] = []
        self.kept: set[str] = set()
        self.reached_through: list[str | None] = []
        self.production_hosts = ("api.shop.example",)

    def existing_deployments(self) -> "Shop":
        """As a platform's class has them."""
        return self

    def remove_made(self, thing: MadeThing, places: Places) -> None:
        """As a platform does it."""
        if thing.name in self.kept:
            raise SubstrateError("the shop is read-only (HTTP 403)")
        self.removed.append((thing.name, thing.secret, places.address("backend").url))
        self.reached_through.append(os.environ.get("HTTPS_PROXY"))


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "runs"))
    shop = Shop()
    monkeypatch.setattr(left_overs, "platform_class", lambda _name: shop)
    return shop


def staging(kept_by: Keeper | None = None, port: int = 1) -> ExistingDeployment:
    described = ExistingDeployment("staging", "shop", {("backend", "http"): Address("127.0.0.1", port)}, kept_by=kept_by)
    described.write()
    return described


@pytest.fixture
def killed(shop: Shop) -> Callable[..., Path]:
    """`killed(deployment, *things, removed=[...])` leaves the ledger of a run that was killed; its file."""

    def leave(deployment: ExistingDeployment, *things: MadeThing, removed: tuple[MadeThing, ...] = ()) -> Path:
        ledger = Ledger.open("run-1")
        noted = ThingsOnDeployment(Ledger.of("run-1"), deployment)
        for thing in things:
            noted.made(thing)
        for thing in removed:
            noted.removed(thing)
        first, *rest = ledger.file.read_text().splitlines()
        dead = json.loads(first) | {"owner": {"pid": os.getpid(), "started": 0.0}}
        ledger.file.write_text("\n".join([json.dumps(dead), *rest]) + "\n")
        return ledger.file

    return leave


def test_what_a_killed_run_made_is_removed_the_latest_first(shop: Shop, killed: Callable[..., Path]) -> None:
    file = killed(staging(), OWNER, GUEST, MadeThing("account", "e2e-test-1-gone"), removed=(MadeThing("account", "e2e-test-1-gone"),))
    assert file.stat().st_mode & 0o077 == 0
    assert clean_up_left_overs() == [f"account {thing.name} on the deployment 'staging'" for thing in (GUEST, OWNER)]
    assert shop.removed == [(thing.name, "word", "http://127.0.0.1:1") for thing in (GUEST, OWNER)]
    assert not file.exists()


def test_a_deployment_is_reached_its_own_way_and_the_run_that_comes_then_is_not(
    shop: Shop, killed: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://of-the-machine:1")
    described = ExistingDeployment(
        "staging", "shop", {("backend", "http"): Address("127.0.0.1", 1)}, reaching=Reaching(proxy="http://proxy.test:3128")
    )
    described.write()
    before = dict(os.environ)
    killed(described, OWNER)
    clean_up_left_overs()
    assert shop.reached_through == ["http://proxy.test:3128"]
    assert dict(os.environ) == before


def test_what_cannot_be_removed_is_listed_with_the_reason_and_tried_again(shop: Shop, killed: Callable[..., Path]) -> None:
    file = killed(staging(), OWNER, GUEST)
    shop.kept = {OWNER.name}
    for removed in ([f"account {GUEST.name} on the deployment 'staging'"], []):
        assert clean_up_left_overs() == removed
        assert what_stays() == [f"account {OWNER.name} on the deployment 'staging': the shop is read-only (HTTP 403)"]
    said = CliRunner().invoke(clean)
    assert (said.exit_code, "not removed: account e2e-test-1-the-owner" in said.output) == (1, True)
    assert "word" not in said.output
    shop.kept = set()
    assert CliRunner().invoke(clean).exit_code == 0
    assert not file.exists()


def test_what_was_on_a_deployment_that_is_down_has_gone_with_it(shop: Shop, killed: Callable[..., Path]) -> None:
    file = killed(staging(Keeper(os.getpid(), 0.0)), OWNER)
    assert (clean_up_left_overs(), shop.removed, file.exists()) == ([], [], False)


def test_one_that_its_keeper_still_keeps_is_cleaned(shop: Shop, killed: Callable[..., Path]) -> None:
    killed(staging(Keeper(os.getpid(), seconds_from_boot_to_start(os.getpid()) or 0.0)), OWNER)
    assert len(clean_up_left_overs()) == 1


def test_a_deployment_that_nobody_describes_any_more_is_the_reason(shop: Shop, killed: Callable[..., Path]) -> None:
    killed(staging(), OWNER)
    file_of("staging").unlink()
    clean_up_left_overs()
    (reason,) = what_stays()
    assert reason.startswith(f"account {OWNER.name} on the deployment 'staging': there is no deployment")


@pytest.mark.parametrize("host", ["api.shop.example", "shop.prod.example"])
def test_nothing_is_asked_of_a_deployment_that_has_become_production_since(host: str, shop: Shop, killed: Callable[..., Path]) -> None:
    killed(staging(), OWNER)
    ExistingDeployment("staging", "shop", {("backend", "http"): Address(host, 443)}).write()
    assert (clean_up_left_overs(), shop.removed) == ([], [])
    (reason,) = what_stays()
    assert "production" in reason


def test_a_ledger_that_does_not_say_what_was_made_is_the_reason(shop: Shop, killed: Callable[..., Path]) -> None:
    file = killed(staging(), OWNER)
    file.write_text(file.read_text().replace('"file"', '"elif"').replace('"secret"', '"terces"'))
    assert clean_up_left_overs() == []
    (reason,) = what_stays()
    assert reason == f"on-deployment: {file} does not say what is to be removed (KeyError: 'secret')"


def test_a_run_that_ends_in_order_removes_nothing_twice(shop: Shop) -> None:
    ledger = Ledger.open("run-1")
    noted = ThingsOnDeployment(ledger, staging())
    noted.made(OWNER)
    noted.removed(OWNER)
    assert (ledger.close(), shop.removed) == ([], [])


def test_a_scenario_that_says_it_only_reads_and_makes_something_is_refused_before_it_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "runs"))
    deployment = ExistingDeployment("staging", "shop", {})
    things = ThingsOnDeployment(Ledger.open("run-1"), deployment, lambda: "it may only be read")
    with pytest.raises(WrongScenario, match="the scenario makes the account e2e-test-1-the-owner.*must not be tagged @only-reads"):
        things.made(OWNER)
