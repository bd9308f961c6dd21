"""Recordings hold nothing secret, and nothing that is different the next time."""

import secrets
import uuid
from pathlib import Path

import pytest

from support.names import Names
from support.platforms.tracebloc.cassettes.exchange import Exchange, dump, load
from support.platforms.tracebloc.cassettes.stable import StableNames
from support.platforms.tracebloc.playbook.sdk.flows import CASSETTES, FLOWS, cassette_of
from support.platforms.tracebloc.playbook.sdk.recordings import exchanges_in, secrets_in
from tests.platforms.tracebloc.cassettes.conftest import exchange

PASSWORD, ADDRESS, HOST = Names.password(), "ada@hospital.example", "10.1.2.3:8443"


def a_days_exchanges() -> list[Exchange]:
    """A login, a link and a download of today, with all that a platform may tell."""
    key, edge, dataset, token = secrets.token_hex(12), str(uuid.uuid4()), secrets.token_hex(12), secrets.token_urlsafe(32)
    conn_str = f"Endpoint=sb://{HOST};SharedAccessKeyName=x;SharedAccessKey={secrets.token_urlsafe(32)}"
    link = f"https://{HOST}/bucket/weights.pkl?X-Amz-Signature={secrets.token_hex(32)}"
    return [
        exchange(
            sent={"username": ADDRESS, "password": PASSWORD},
            body={"token": token, "token_scheme": "Bearer", "flops_conn_str": conn_str, "note": f"write to {ADDRESS}"},
        ),
        exchange(
            sent={"dataset_key": dataset, "data_per_edge": f'{{"{edge}": 5}}'},
            body={"total_images": {edge: 5}, "experiment_key": key, "table_name": f"e2e_test_{secrets.token_hex(4)}_train_1"},
        ),
        exchange(
            method="GET", target=f"/experiment-status/{key}/", sent={}, body={"experiment_key": key, "sha256": "ab" * 32, "url": link}
        ),
    ]


def stable(exchanges: list[Exchange]) -> str:
    """The text of their cassette."""
    names = StableNames()
    return dump([names.stable(one) for one in exchanges])


def test_two_days_give_the_same_text() -> None:
    assert stable(a_days_exchanges()) == stable(a_days_exchanges())


def test_secrets_addresses_and_hosts_are_left_out() -> None:
    text = stable(a_days_exchanges())
    assert secrets_in(text, [PASSWORD, ADDRESS, HOST]) == []
    assert "token: <redacted>\n" in text
    assert "token_scheme: Bearer\n" in text
    assert "password: <redacted>\n" in text
    assert "flops_conn_str: <redacted>\n" in text
    assert "url: http://platform.test/bucket/weights.pkl\n" in text
    assert f"sha256: {'ab' * 32}\n" in text


def test_names_that_the_platform_made_up_are_the_same_wherever_they_stand() -> None:
    names = StableNames()
    _, link, status = (names.stable(one) for one in a_days_exchanges())
    assert link.sent == {"dataset_key": "dataset-1", "data_per_edge": '{"id-1": 5}'}
    assert link.body == {"total_images": {"id-1": 5}, "experiment_key": "experiment-1", "table_name": "e2e_test_recorded_train_1"}
    assert status.target == "/experiment-status/experiment-1/"


@pytest.mark.parametrize(
    "leak",
    [PASSWORD, secrets.token_urlsafe(32), secrets.token_hex(12), "ada@hospital.example", f"Bearer {'x' * 20}"],
    ids=["password", "token", "hexadecimal", "address", "bearer"],
)
def test_a_leak_would_be_noticed(leak: str) -> None:
    assert secrets_in(dump([exchange(body={"text": leak})]), [PASSWORD]) != []


@pytest.mark.parametrize("flow", FLOWS)
def test_the_kept_recordings_hold_no_secret_and_are_as_they_would_be_written(flow: str) -> None:
    text = cassette_of(flow).read_text()
    assert secrets_in(text, ["127.0.0.1", "localhost"]) == []
    assert dump(load(text)) == text


def test_there_is_a_recording_of_every_flow_and_no_other() -> None:
    assert sorted(CASSETTES.iterdir()) == sorted(cassette_of(flow) for flow in FLOWS)


def test_a_file_that_is_no_cassette_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("- request: GET /\n")
    with pytest.raises(ValueError, match=r"broken\.yaml: this is not a cassette"):
        exchanges_in(tmp_path / "broken.yaml")
