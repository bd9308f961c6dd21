"""Namespaces are made for a run and deleted after it, within a budget, and nothing of anybody else's is touched.

Against a stand-in of the management API: nobody here has reached Azure.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from environments.azure import namespaces
from environments.azure.account import AzureAccount, credential
from environments.azure.namespaces import MADE_BY, TAG, AzureNamespaces, name_for, namespace_of_run
from environments.errors import AzureRefused
from environments.ledger import FOLDER_VARIABLE, Ledger, clean_up_left_overs, ledger_folder, what_stays
from environments.platforms.tracebloc.platform import Tracebloc
from tests.azure.stand_in import StandIn, running

ACCOUNT = AzureAccount("subscription", "qa")
OURS = {TAG: MADE_BY}


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "runs"))
    with running(tmp_path) as there:
        yield there


@pytest.fixture
def azure(stand_in: StandIn) -> AzureNamespaces:
    return AzureNamespaces(ACCOUNT, stand_in.client())


def test_a_run_has_a_namespace_with_the_platforms_queues_and_leaves_none(stand_in: StandIn, azure: AzureNamespaces) -> None:
    with namespace_of_run("20261127-run", ACCOUNT, Tracebloc.queues, 1.0, azure) as connection_string:
        assert connection_string.startswith("Endpoint=sb://e2e-test-20261127-run.servicebus.windows.net/;SharedAccessKeyName=Root")
        made = stand_in.namespaces["e2e-test-20261127-run"]
        assert (made["tags"], made["sku"]["name"], made["properties"]["provisioningState"]) == (OURS, "Standard", "Succeeded")
        assert stand_in.queues["e2e-test-20261127-run"] == ["results", "flops", "averaging"]
    assert stand_in.namespaces == {}
    assert list(ledger_folder().iterdir()) == []


def test_the_platforms_queues_are_those_of_our_bus() -> None:
    from environments.service_bus.settings import Settings

    assert tuple(Tracebloc.queues) == Settings(service_bus_key="key").service_bus_queues


def test_it_is_in_the_ledger_before_it_is_made_and_deleted_after_a_kill(
    stand_in: StandIn, azure: AzureNamespaces, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(namespaces, "_client", lambda _account: stand_in.client())
    stand_in.add("e2e-test-1", OURS)
    ledger = Ledger.open("1")
    ledger.record(namespaces.LEDGER_KIND, name="e2e-test-1", subscription="subscription", resource_group="qa")
    ledger.file.write_text(ledger.file.read_text().replace('"started": ', '"started": 1'))
    stand_in.refuse["DELETE"] = (409, "The namespace is busy.")
    assert clean_up_left_overs() == []
    (reason,) = what_stays()
    assert reason.startswith("namespace e2e-test-1 in Azure: the namespace e2e-test-1 cannot be deleted: Azure answers 409 The namespace")
    stand_in.refuse.clear()
    assert clean_up_left_overs() == ["namespace e2e-test-1 in Azure"]
    assert (stand_in.namespaces, what_stays()) == ({}, [])


def test_the_sweeper_takes_ours_that_are_older_than_a_day_and_nothing_else(stand_in: StandIn, azure: AzureNamespaces) -> None:
    old, young = datetime.now(UTC) - timedelta(hours=25), datetime.now(UTC) - timedelta(hours=23)
    stand_in.add("e2e-test-old", OURS, old)
    stand_in.add("e2e-test-young", OURS, young)
    stand_in.add("e2e-test-of-somebody-else", {}, old)
    stand_in.add("e2e-testing", OURS | {TAG: "others"}, old)
    stand_in.add("staging", OURS, old)
    assert azure.sweep() == ["e2e-test-old"]
    assert sorted(stand_in.namespaces) == ["e2e-test-of-somebody-else", "e2e-test-young", "e2e-testing", "staging"]


def test_nothing_is_made_over_the_budget(stand_in: StandIn, azure: AzureNamespaces) -> None:
    for number in range(3):
        stand_in.add(f"e2e-test-{number}", OURS)
    stand_in.add("e2e-test-theirs", {})
    azure.refuse_over_budget(4 * 24 * namespaces.HOURLY_PRICE)
    with (
        pytest.raises(AzureRefused, match="with 3 namespaces of ours standing, one more could cost 1.30 US dollars a day"),
        namespace_of_run("one-more", ACCOUNT, (), 1.0, azure),
    ):
        pass
    assert not any(asked.startswith("PUT") for asked in stand_in.asked)


def test_a_namespace_that_could_not_be_finished_goes_too(stand_in: StandIn, azure: AzureNamespaces) -> None:
    stand_in.refuse["POST"] = (403, "No right to read keys.")
    with pytest.raises(AzureRefused, match="the keys of e2e-test-run cannot be read: Azure answers 403 No right"):  # noqa: SIM117
        with namespace_of_run("run", ACCOUNT, ("results",), 1.0, azure):
            pass
    assert stand_in.namespaces == {}


def test_in_a_given_namespace_queues_have_our_prefix_and_only_those_are_removed(stand_in: StandIn, azure: AzureNamespaces) -> None:
    stand_in.add("given-namespace", {})
    stand_in.queues["given-namespace"] = ["results", "e2e-test-10-results"]
    azure.make_queues("given-namespace", ["results", "flops"], "e2e-test-1-")
    assert azure.remove_queues("given-namespace", "e2e-test-1-") == ["e2e-test-1-results", "e2e-test-1-flops"]
    assert stand_in.queues["given-namespace"] == ["results", "e2e-test-10-results"]
    with pytest.raises(AzureRefused, match="are not ours to remove"):
        azure.remove_queues("given-namespace", "")
    assert not azure.remove("given-namespace")


def test_wrong_credentials_are_said_in_a_sentence(stand_in: StandIn) -> None:
    with pytest.raises(AzureRefused, match="the namespaces cannot be listed: Azure answers 401 The access token is invalid"):
        AzureNamespaces(ACCOUNT, stand_in.client("expired")).ours()


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({}, "AZURE_SUBSCRIPTION_ID is not set"),
        ({"AZURE_SUBSCRIPTION_ID": "s"}, "AZURE_RESOURCE_GROUP is not set"),
        ({"AZURE_SUBSCRIPTION_ID": "s", "AZURE_RESOURCE_GROUP": "bus-prod"}, "looks like production"),
    ],
)
def test_an_account_that_must_not_be_used_is_refused(variables: dict[str, str], words: str) -> None:
    with pytest.raises(AzureRefused, match=words):
        AzureAccount.from_variables(variables)


def test_credentials_come_from_variables(tmp_path: Path) -> None:
    with pytest.raises(AzureRefused, match="no credentials for Azure: set AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET"):
        credential({})
    whose = {"AZURE_TENANT_ID": "tenant", "AZURE_CLIENT_ID": "client"}
    assert type(credential(whose | {"AZURE_CLIENT_SECRET": "secret"})).__name__ == "ClientSecretCredential"
    with pytest.raises(AzureRefused, match="AZURE_FEDERATED_TOKEN_FILE names .*, which is no file"):
        credential(whose | {"AZURE_FEDERATED_TOKEN_FILE": str(tmp_path / "token")})
    (tmp_path / "token").touch()
    assert type(credential(whose | {"AZURE_FEDERATED_TOKEN_FILE": str(tmp_path / "token")})).__name__ == "WorkloadIdentityCredential"


@pytest.mark.parametrize("run_id", ["a_b", "x" * 60, "a-", "../x"])
def test_what_azure_takes_no_name_from_is_refused(run_id: str) -> None:
    with pytest.raises(AzureRefused, match="cannot be a namespace"):
        name_for(run_id)
