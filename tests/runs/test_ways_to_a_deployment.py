"""Scenarios run on a deployment that lies behind TLS with a private authority, a slow network that loses packets, and a proxy."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import trustme
from hamcrest import has_length

from environments.remote.deployments import read_deployment
from support.platforms.tracebloc.clients.backend import BackendClient
from support.platforms.tracebloc.clients.mailbox import Mailbox
from support.waiting import eventually
from tests.platforms.tracebloc.deployments.test_access import answering_each
from tests.remote.contents import contents_of
from tests.remote.front import Between, Front, Proxy, closing
from tests.remote.imap_server import PASSWORD, USER, imap_server
from tests.runs.conftest import Outcome, Ringmaster

NOTHING: Mapping[str, str] = {}
JOURNEY = "features/tracebloc/ring1_in_process/backend_journey.feature"
ONLY_THE_INVITED = "Only the invited get in, and only once they accept the rules"
FEATURES = ("features/tracebloc/ring1_in_process/sdk_login.feature", "features/tracebloc/ring1_in_process/client_queue_keys.feature")
TRAINING = "features/tracebloc/ring3_platform/01_single_participant.feature"
BEHIND = {("backend", "http"): "backend.staging.test", ("object_store", "http"): "store"}
"""By service and port, how it is called there; moto takes a host with a dot for that of a bucket."""


@pytest.fixture
def local(ringmaster: Ringmaster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The file of a platform that `ringmaster up` keeps."""
    monkeypatch.setenv("RINGMASTER_LEDGER_FOLDER", str(tmp_path / "ledger"))
    up = ringmaster("up", "tracebloc", RINGMASTER_CLIENT_ENV="dev")
    assert up.exit_code == 0, up.output
    yield tmp_path / "deployments" / "local.toml"
    ringmaster("down")


def described(local: Path, *settings: str, hidden: str = "", at: Mapping[str, str] = NOTHING, **more: Mapping[str, str]) -> None:
    """A deployment 'staging' which is the same with some services at other addresses; its e-mails can be read only as `more` says, and what
    is `hidden` is told to nobody."""
    found = tomllib.loads(local.read_text())
    found = {table: {name: value for name, value in found[table].items() if name != hidden} for table in ("addresses", "secrets")}
    tables = {"addresses": found["addresses"] | at, "volumes": {}, "secrets": found["secrets"] | more.pop("secrets", {}), **more}
    lines = ['platform = "tracebloc"', *settings]
    for name, values in tables.items():
        lines += [f"[{name}]", *(f'"{key}" = "{value}"' for key, value in values.items())]
    file = local.with_name("staging.toml")
    file.touch(mode=0o600)
    file.write_text("\n".join(lines))


def run(ringmaster: Ringmaster, *features: str) -> Outcome:
    variables = {"RINGMASTER_CLIENT_ENV": "dev", "RINGMASTER_DEADLINE_FACTOR": "3", "RINGMASTER_ALLOWED_DEPLOYMENTS": "staging"}
    return ringmaster("run", *features, "--substrate", "remote", "--deployment", "staging", **variables)


def test_tls_with_a_private_authority_a_slow_network_and_a_proxy(ringmaster: Ringmaster, local: Path, tmp_path: Path) -> None:
    authority, proxy = trustme.CA(), Proxy()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    addresses = read_deployment("local").addresses
    fronts = {place: Front(addresses[place].port, authority.issue_cert(host), delay=0.02, loss=0.02) for place, host in BEHIND.items()}
    at = {":".join(place): f"https://{host}:{fronts[place].port}" for place, host in BEHIND.items()}
    bus = Front(addresses["service_bus", "amqp"].port, authority.issue_cert("127.0.0.1"), delay=0.02, loss=0.02)
    at["service_bus:amqp"] = f"sb://127.0.0.1:{bus.port}"
    between: list[Between] = [proxy, bus, *fronts.values()]
    with closing(*between):
        volumes = {"mail": str(read_deployment("local").volumes["mail"])}
        described(
            local,
            f'ca_file = "{tmp_path}/ca.pem"',
            f'proxy = "http://127.0.0.1:{proxy.port}"',
            "requests_per_second = 50",
            at=at,
            volumes=volumes,
        )
        outcome = run(ringmaster, *FEATURES)
    assert outcome.exit_code == 0, outcome.output
    assert {scenario["status"] for scenario in outcome.record["scenarios"]} == {"passed"}
    assert set(proxy.passed) == set(BEHIND.values())
    assert bus.passed


def test_people_sign_up_with_addresses_of_an_inbox_and_leave_it_as_it_was(ringmaster: Ringmaster, local: Path) -> None:
    maildir = read_deployment("local").volumes["mail"]
    with imap_server(maildir) as port:
        inbox = {"imap": f"imap://127.0.0.1:{port}", "user": USER, "address": "qa+{name}@example.com"}
        described(local, mail=inbox, secrets={"mail-password": PASSWORD})
        outcome = run(ringmaster, f"{JOURNEY}:23")
    assert outcome.exit_code == 0, outcome.output
    assert outcome.status_of("An account is of no use") == "passed"
    assert not list((maildir / "new").iterdir())
    assert PASSWORD not in outcome.output


def test_accounts_that_are_there_are_taken_in_turns_and_left_empty(ringmaster: Ringmaster, local: Path) -> None:
    kept = read_deployment("local")
    people = {f"qa-{number}@example.com": f"password-of-{number}" for number in range(3)}
    url = kept.addresses["backend", "http"].url
    for email, password in people.items():
        with BackendClient(url) as backend:
            backend.register(email, password)
            (code,) = eventually("the e-mail", lambda: Mailbox(kept.volumes["mail"]).verification_codes(email), has_length(1))  # noqa: B023
            backend.verify(code)
    before = contents_of(kept)
    described(local, accounts=people, secrets={word: word for word in people.values()})
    outcome = run(ringmaster, JOURNEY)
    assert outcome.exit_code == 0, outcome.output
    statuses = {scenario["name"]: scenario["status"] for scenario in outcome.record["scenarios"]}
    assert statuses.pop(ONLY_THE_INVITED) == "passed"
    assert set(statuses.values()) == {"skipped"}
    assert "needs mailbox: this deployment has neither an inbox nor a folder" in " ".join(outcome.output.split())
    assert contents_of(kept) == before


def test_what_only_an_operator_could_give_is_skipped_with_the_reason_and_nothing_ends_as_an_error(
    ringmaster: Ringmaster, local: Path
) -> None:
    kept = read_deployment("local")
    url, store = kept.addresses["backend", "http"].url, {"object-store-secret-key": kept.secrets["object-store-secret-key"]}
    with BackendClient(url) as backend:
        backend.register("qa@example.com", "password-of-qa")
        (code,) = eventually("the e-mail", lambda: Mailbox(kept.volumes["mail"]).verification_codes("qa@example.com"), has_length(1))
        backend.verify(code)
    before = contents_of(kept)
    for given, reason in (
        ({}, "needs accounts: this deployment has no accounts for scenarios, and nobody can read the e-mails with which people sign up"),
        ({"qa@example.com": "word"}, "needs accounts: of this deployment none of the 1 accounts for scenarios is left"),
    ):
        described(local, accounts=given, secrets={"word": "password-of-qa"} | store)
        outcome = run(ringmaster, JOURNEY, "features/tracebloc/ring1_in_process/backend_use_cases.feature")
        assert {row["status"] for row in outcome.record["scenarios"]} == ({"skipped", "passed"} if given else {"skipped"})
        assert reason in " ".join(outcome.output.split())
        assert contents_of(kept) == before


@pytest.mark.parametrize("hidden", ["object_store:http", "object-store-secret-key"])
def test_what_needs_a_store_that_is_kept_from_us_is_skipped_and_the_rest_runs(ringmaster: Ringmaster, local: Path, hidden: str) -> None:
    described(local, hidden=hidden, volumes={"mail": str(read_deployment("local").volumes["mail"])})
    outcome = run(ringmaster, f"{JOURNEY}:23", TRAINING)
    assert outcome.exit_code == 0, outcome.output
    assert outcome.status_of("An account is of no use") == "passed"
    assert [row["status"] for row in outcome.record["scenarios"]].count("passed") == 1
    assert {row["status"] for row in outcome.record["scenarios"]} == {"passed", "skipped"}
    assert "needs store: this deployment" in " ".join(outcome.output.split())


@pytest.mark.parametrize("asked", [True, False])
def test_nothing_runs_where_nothing_may_be_changed_and_the_reason_is_told(ringmaster: Ringmaster, local: Path, asked: bool) -> None:
    volumes = {"mail": str(read_deployment("local").volumes["mail"])}
    before = contents_of(read_deployment("local"))
    with answering_each({"GET": (200, ""), "POST": (405, "")}) as (backend, _):
        at = {"backend:http": backend.url} if asked else NOTHING
        described(local, *([] if asked else ["read_only = true"]), at=at, volumes=volumes)
        outcome = run(ringmaster, JOURNEY)
    assert {row["status"] for row in outcome.record["scenarios"]} == {"skipped"}
    words = "takes no changes (HTTP 405)" if asked else "staging.toml says that it may only be read"
    assert f"needs writing: the backend at {backend.url} {words}" in " ".join(outcome.output.split()) if asked else words in outcome.output
    assert contents_of(read_deployment("local")) == before
