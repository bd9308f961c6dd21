"""Scenarios run on a deployment that lies behind TLS with a private authority, a slow network that loses packets, and a proxy."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from environments.remote.deployments import read_deployment
from tests.remote.front import Between, Front, Proxy, closing
from tests.runs.conftest import Outcome, Ringmaster

FEATURES = ("features/tracebloc/ring1_in_process/sdk_login.feature", "features/tracebloc/ring1_in_process/client_queue_keys.feature")
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


def described(local: Path, at: dict[str, str], *settings: str) -> None:
    """A deployment 'staging' which is the same with some services at other addresses."""
    found = tomllib.loads(local.read_text())
    tables = {"addresses": found["addresses"] | at, "volumes": found["volumes"], "secrets": found["secrets"]}
    lines = ['platform = "tracebloc"', *settings]
    for name, values in tables.items():
        lines += [f"[{name}]", *(f'"{key}" = "{value}"' for key, value in values.items())]
    file = local.with_name("staging.toml")
    file.touch(mode=0o600)
    file.write_text("\n".join(lines))


def run(ringmaster: Ringmaster) -> Outcome:
    variables = {"RINGMASTER_CLIENT_ENV": "dev", "RINGMASTER_DEADLINE_FACTOR": "3", "RINGMASTER_ALLOWED_DEPLOYMENTS": "staging"}
    return ringmaster("run", *FEATURES, "--substrate", "remote", "--deployment", "staging", **variables)


def test_tls_with_a_private_authority_a_slow_network_and_a_proxy(ringmaster: Ringmaster, local: Path, tmp_path: Path) -> None:
    authority, proxy = trustme.CA(), Proxy()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    addresses = read_deployment("local").addresses
    fronts = {place: Front(addresses[place].port, authority.issue_cert(host), delay=0.02, loss=0.02) for place, host in BEHIND.items()}
    at = {":".join(place): f"https://{host}:{fronts[place].port}" for place, host in BEHIND.items()}
    bus = Front(addresses["service_bus", "amqp"].port, delay=0.02, loss=0.02)
    at["service_bus:amqp"] = f"127.0.0.1:{bus.port}"
    between: list[Between] = [proxy, bus, *fronts.values()]
    with closing(*between):
        described(local, at, f'ca_file = "{tmp_path}/ca.pem"', f'proxy = "http://127.0.0.1:{proxy.port}"', "requests_per_second = 50")
        outcome = run(ringmaster)
    assert outcome.exit_code == 0, outcome.output
    assert {scenario["status"] for scenario in outcome.record["scenarios"]} == {"passed"}
    assert set(proxy.passed) == set(BEHIND.values())
    assert bus.passed
