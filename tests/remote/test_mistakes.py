"""Twelve ways to point scenarios at production by mistake: each is refused before the first request."""

import json
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

import pytest

from environments.choose import create_substrate
from environments.cluster.context import find, refuse_production_name
from environments.errors import DeploymentRefused, SubstrateError
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


WHOLE = """
platform = "tracebloc"
keyring = "{keyring}"
proxy = "{proxy}"
[addresses]
"backend:http" = "{address}"
[mail]
imap = "{imap}"
user = "{user}"
[accounts]
"{account}" = "account"
[secret_variables]
"bus" = "{variable}"
[secrets]
"mail-password" = "word"
"account" = "word"
"store" = "{secret}"
"""
USUAL = {
    "keyring": "staging",
    "proxy": "http://proxy.example.com:3128",
    "address": "https://staging.example.com",
    "imap": "imaps://outlook.live.com",
    "user": "qa@example.com",
    "account": "qa@example.com",
    "variable": "STAGING_BUS",
    "secret": "Endpoint=sb://staging-bus.example.net/;SharedAccessKey=abc",
}


@pytest.mark.parametrize(
    ("what", "given", "words"),
    [
        ("address", "https://pr\u00adod.example.com", "looks like production ('prod'"),
        ("address", "https://prod\u3002example.com", "looks like production ('prod'"),
        ("address", "https://api.trace\u200bbloc.io", "which is production"),
        ("address", "https://staging.example.com:443@api.tracebloc.io", "has to be an address such as"),
        ("address", "https://staging.example.com\\\\@api.tracebloc.io", "has to be an address such as"),
        ("address", "https://staging.example.com/prod", "has to be an address such as"),
        ("address", "https://staging.example.com:99999", "has to be an address such as"),
        ("address", "https://shopprod.example.com", "looks like production ('shopprod'"),
        ("proxy", "http://proxy.prod.example.com:3128", "('prod' in 'proxy.prod.example.com', the proxy)"),
        ("proxy", "http://API.tracebloc.io:3128", "which is production"),
        ("imap", "imaps://imap.production.example.com", "the inbox"),
        ("user", "qa@prod.example.com", "the user of the inbox"),
        ("account", "admin@eu-prod.example.com", "an account"),
        ("variable", "PROD_BUS_KEY", "the variable with the secret bus"),
        ("keyring", "tracebloc-production", "the keyring"),
        ("secret", "Endpoint=sb://prd-bus.servicebus.windows.net/;SharedAccessKey=abc", "a host in the secret store"),
        ("secret", "postgresql://app:abc@db.tracebloc.io,api.tracebloc.io:5432/x", "which is production"),
        ("secret", "https://app:abc@api.tracebloc.io/x", "which is production"),
    ],
)
def test_what_only_leads_to_production_is_refused_as_well(what: str, given: str, words: str, tmp_path: Path) -> None:
    refusal = _refusal(tmp_path, {**USUAL, what: given}, "staging")
    assert words in refusal
    assert "abc" not in refusal


def test_what_leads_elsewhere_is_not_taken_for_production(tmp_path: Path) -> None:
    assert "no setting allows it" in _refusal(tmp_path, USUAL, "other")


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "[::ffff:10.0.0.7]", "[2001:db8::1]", "127.0.0.1.example.com", "localhost."])
def test_an_address_that_may_be_any_machine_has_to_be_allowed(host: str, tmp_path: Path) -> None:
    assert "no setting allows it" in _refusal(tmp_path, {**USUAL, "address": f"https://{host}:443"}, "other")


def _refusal(folder: Path, said: Mapping[str, str], allowed: str) -> str:
    file = deployments_folder() / "staging.toml"
    file.parent.mkdir(parents=True)
    file.touch(mode=0o600)
    file.write_text(WHOLE.format(**said))
    with pytest.raises(DeploymentRefused) as refusal:
        create_substrate(
            "remote",
            Tracebloc({"client_env": "dev"}),
            run_id="run-1",
            logs_folder=folder,
            deployment="staging",
            allowed_deployments=[allowed],
        )
    return str(refusal.value)


@pytest.mark.parametrize("name", ["prod", "production", "", "staging-eu", None])
def test_an_environment_name_that_the_platforms_tools_take_for_production_is_refused(name: str | None) -> None:
    with pytest.raises(ClientEnvironmentRefused):
        guarded_client_environment(name)


CLUSTER = {"server": "https://127.0.0.1:6443"}
CONTEXT = {"cluster": "staging", "user": "qa", "namespace": "shop"}
SIGNS_IN = {"apiVersion": "client.authentication.k8s.io/v1", "command": "aws", "args": ["eks", "get-token", "--cluster-name", "staging"]}


@pytest.mark.parametrize(
    ("cluster", "context", "program", "words"),
    [
        ({"tls-server-name": "api.prod.example.com"}, {}, {}, "the name in the certificate 'api.prod.example.com'"),
        ({"proxy-url": "socks5://bastion-prod.example.com:1080"}, {}, {}, "the proxy 'socks5://bastion-prod"),
        ({}, {"user": "prod-admin"}, {}, "the user 'prod-admin'"),
        ({}, {"namespace": "shop-production"}, {}, "the namespace 'shop-production'"),
        ({}, {}, {"args": ["eks", "get-token", "--cluster-name", "EksProdCluster"]}, "'EksProdCluster'"),
        ({}, {}, {"env": [{"name": "AWS_PROFILE", "value": "production"}]}, "'AWS_PROFILE=production'"),
        ({}, {}, {"command": "/opt/prod/bin/login"}, "'/opt/prod/bin/login'"),
        ({}, {"cluster": "EksProd"}, {}, "the cluster 'EksProd'"),
    ],
)
def test_a_context_that_leads_to_production_is_refused(
    cluster: Mapping[str, str], context: Mapping[str, str], program: Mapping[str, object], words: str, tmp_path: Path
) -> None:
    described = {**CONTEXT, **context}
    file = tmp_path / "kubeconfig"
    users = [{"name": described["user"], "user": {"exec": {**SIGNS_IN, **program}}}]
    clusters = [{"name": described["cluster"], "cluster": {**CLUSTER, **cluster}}]
    file.write_text(json.dumps({"contexts": [{"name": "qa", "context": described}], "clusters": clusters, "users": users}))
    with pytest.raises(SubstrateError) as refusal:
        refuse_production_name(find("qa", file))
    assert words in str(refusal.value)


def test_of_several_files_and_contexts_the_one_is_judged_that_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = []
    for number, server in enumerate(("https://127.0.0.1:6443", "https://api.prod.example.com")):
        file = tmp_path / f"kubeconfig-{number}"
        contexts = [{"name": name, "context": CONTEXT} for name in ("qa", f"qa-{number}")]
        file.write_text(json.dumps({"contexts": contexts, "clusters": [{"name": "staging", "cluster": {"server": server}}], "users": []}))
        files.append(str(file))
    monkeypatch.setattr("kubernetes.config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION", ":".join(reversed(files)))
    with pytest.raises(SubstrateError, match="the server 'https://api.prod.example.com' looks like production"):
        refuse_production_name(find("qa", None))
    monkeypatch.setattr("kubernetes.config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION", ":".join(files))
    refuse_production_name(find("qa", None))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "cannot be looked up"),
        ("contexts: [", "cannot be looked up"),
        ("contexts: [{name: qa}]", "cannot be looked up"),
        ("contexts: [{name: qa, context: {cluster: staging, user: qa}}]\nclusters: staging", "cannot be looked up"),
        (None, "there is no kubeconfig"),
    ],
)
def test_a_kubeconfig_that_cannot_be_read_is_said_in_a_sentence(text: str | None, words: str, tmp_path: Path) -> None:
    file = tmp_path / "kubeconfig"
    if text is not None:
        file.write_text(text)
    with pytest.raises(SubstrateError, match=words):
        find("qa", file)
