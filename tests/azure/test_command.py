"""`ringmaster azure` says in a sentence what is missing, before it asks Azure for anything."""

import pytest
from click.testing import CliRunner

from support.commands.azure import azure

NAMES = ("SUBSCRIPTION_ID", "RESOURCE_GROUP", "TENANT_ID", "CLIENT_ID", "CLIENT_SECRET", "FEDERATED_TOKEN_FILE")


@pytest.mark.parametrize("arguments", [["run", "--", "true"], ["sweep"]])
@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({}, "the variable AZURE_SUBSCRIPTION_ID is not set"),
        ({"AZURE_SUBSCRIPTION_ID": "s", "AZURE_RESOURCE_GROUP": "bus-prod"}, "looks like production ('prod')"),
        ({"AZURE_SUBSCRIPTION_ID": "s", "AZURE_RESOURCE_GROUP": "qa"}, "no credentials for Azure: set AZURE_TENANT_ID"),
    ],
)
def test_what_is_missing_is_said(arguments: list[str], variables: dict[str, str], words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(f"AZURE_{name}", raising=False)
    said = CliRunner().invoke(azure, arguments, env=variables)
    assert said.exit_code == 2, said.output
    assert words in " ".join(said.output.split())


def test_a_wrong_age_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    said = CliRunner().invoke(azure, ["sweep", "--older-than", "soon"])
    assert (said.exit_code, "--older-than" in said.output) == (2, True)
