"""Twelve ways to point scenarios at production by mistake: each is refused before the first request."""

import socket
from pathlib import Path
from typing import NoReturn

import pytest

from environments.choose import create_substrate
from environments.errors import DeploymentRefused
from environments.ledger import FOLDER_VARIABLE
from environments.platforms.tracebloc.client_environment import ClientEnvironmentRefused, guarded_client_environment
from environments.platforms.tracebloc.platform import Tracebloc
from environments.remote.deployments import deployments_folder

SAFE = "127.0.0.1:8080"


def wide(word: str) -> str:
    """The same in letters of full width, which name the same host."""
    return "".join(chr(ord(letter) + 0xFEE0) for letter in word)


@pytest.fixture(autouse=True)
def nothing_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(*_arguments: object, **_options: object) -> NoReturn:
        pytest.fail("somebody was asked")

    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "runs"))
    for name in ("create_connection", "getaddrinfo", "gethostbyname"):
        monkeypatch.setattr(socket, name, asked)


@pytest.mark.parametrize(
    ("name", "host", "words"),
    [
        ("prod", SAFE, "looks like production ('prod' in 'prod')"),
        ("eu-live", SAFE, "looks like production ('live'"),
        ("staging", "api.tracebloc.io:443", "which is production"),
        ("staging", "https://API.Tracebloc.IO.", "which is production"),
        ("staging", f"https://{wide('api')}.tracebloc.io", "which is production"),
        ("staging", "https://api.prod.example.com", "looks like production ('prod'"),
        ("staging", f"https://{wide('prod')}.example.com", "looks like production ('prod'"),
        ("staging", "https://%70rod.example.com", "has to be an address such as"),
        ("staging", "https://user:word@api.tracebloc.io", "has to be an address such as"),
        ("staging", "sb://prd-bus.servicebus.windows.net", "looks like production ('prd'"),
        ("staging", "https://customer-7.example.com", "looks like production ('customer'"),
        ("production2", "https://10.0.0.7:8443", "looks like production"),
        ("staging", "https://10.0.0.7:8443", "is not on this machine, and no setting allows it"),
        ("staging", "https://localhost.example.com", "is not on this machine, and no setting allows it"),
    ],
)
def test_it_is_refused_before_the_first_request(name: str, host: str, words: str, tmp_path: Path) -> None:
    file = deployments_folder() / f"{name}.toml"
    file.parent.mkdir(parents=True)
    file.touch(mode=0o600)
    file.write_text(f'platform = "tracebloc"\n[addresses]\n"backend:http" = "{SAFE}"\n"service_bus:amqp" = "{host}"\n')
    # whoever allows it may still be mistaken, but for the name
    allowed = [name] if "no setting" not in words else ["other"]
    with pytest.raises(DeploymentRefused) as refusal:
        create_substrate(
            "remote",
            Tracebloc({"client_env": "dev"}),
            run_id="run-1",
            logs_folder=tmp_path,
            deployment=name,
            allowed_deployments=allowed,
        )
    assert words in str(refusal.value)


@pytest.mark.parametrize("name", ["prod", "production", "", "staging-eu", None])
def test_an_environment_name_that_the_platforms_tools_take_for_production_is_refused(name: str | None) -> None:
    with pytest.raises(ClientEnvironmentRefused):
        guarded_client_environment(name)
