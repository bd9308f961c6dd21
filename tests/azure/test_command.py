"""`ringmaster azure` says in a sentence what is missing, before it asks Azure for anything."""

import pytest
from click.testing import CliRunner

from support.commands.azure import azure

QA = {"AZURE_SUBSCRIPTION_ID": "s", "AZURE_RESOURCE_GROUP": "qa"}
PRINCIPAL = {"AZURE_TENANT_ID": "11111111-1111-1111-1111-111111111111", "AZURE_CLIENT_ID": "c", "AZURE_CLIENT_SECRET": "a-word"}
NAMES = ("SUBSCRIPTION_ID", "RESOURCE_GROUP", "TENANT_ID", "CLIENT_ID", "CLIENT_SECRET", "FEDERATED_TOKEN_FILE")


@pytest.mark.parametrize("arguments", [["run", "--", "true"], ["sweep"]])
@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({}, "the variable AZURE_SUBSCRIPTION_ID is not set"),
        ({"AZURE_SUBSCRIPTION_ID": "s", "AZURE_RESOURCE_GROUP": "bus-prod"}, "looks like production ('prod')"),
        ({**QA, "AZURE_SUBSCRIPTION_ID": "shop-production"}, "the AZURE_SUBSCRIPTION_ID, looks like production"),
        ({**QA, "AZURE_TENANT_ID": "prod.onmicrosoft.com"}, "the AZURE_TENANT_ID, looks like production"),
        ({**QA, **PRINCIPAL, "AZURE_TENANT_ID": "a b"}, "the variable AZURE_TENANT_ID is wrong"),
        (QA, "no credentials for Azure: set AZURE_TENANT_ID"),
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


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "--platform", "nosuch", "--", "true"], "there is no platform 'nosuch'"),
        (["run", "--daily-budget", "nan", "--", "true"], "the daily budget has to be a number of US dollars, not nan"),
        (["run", "--daily-budget", "-1", "--", "true"], "--daily-budget"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_asked(arguments: list[str], words: str) -> None:
    # where it would be asked nobody listens, which would be another exit code
    said = CliRunner().invoke(azure, arguments, env={**QA, **PRINCIPAL, "HTTPS_PROXY": "http://127.0.0.1:9"})
    assert (said.exit_code, words in " ".join(said.output.split())) == (2, True), said.output


def test_where_nobody_answers_that_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    said = CliRunner().invoke(azure, ["sweep"], env={**QA, **PRINCIPAL, "HTTPS_PROXY": "http://127.0.0.1:9"})
    assert (said.exit_code, said.output.count("\n")) == (3, 1), said.output
    assert "the namespaces cannot be listed: Authentication failed" in said.output
    assert "a-word" not in said.output
    # what nobody listens for is written on stderr, beside the sentence
    assert caplog.text == ""
