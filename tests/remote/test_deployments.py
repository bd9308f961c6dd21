"""The file of a deployment: written and read again, kept from others, and refused in words when it is wrong."""

from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

from environments.deployments.given import Inbox
from environments.errors import DeploymentRefused
from environments.ledger import FOLDER_VARIABLE
from environments.network.reaching import Reaching
from environments.platforms.tracebloc.services import connection_string
from environments.remote.deployments import ExistingDeployment, Keeper, file_of, known_deployments, read_deployment
from environments.services import Address

WHOLE = 'platform = "shop"\n[addresses]\n"backend:http" = "https://staging.shop.example"\n'


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "runs"))


def written(text: str, name: str = "staging", mode: int = 0o600) -> str:
    file = file_of(name)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    file.chmod(mode)
    return name


def test_what_was_written_is_read_again_and_only_its_owner_can_read_it() -> None:
    deployment = ExistingDeployment(
        name="local",
        platform="shop",
        addresses={("backend", "http"): Address("127.0.0.1", 8080), ("bus", "amqp"): Address("::1", 5671)},
        volumes={"mail": Path("/a folder/mail")},
        secrets={"key": 'a "quoted" \\ secret\nof two lines ü'},
        logs=Path("/logs"),
        substrate="embedded",
        kept_by=Keeper(4711, 12.25),
        reaching=Reaching(proxy="http://proxy:3128"),
    )
    file = deployment.write()
    assert file.stat().st_mode & 0o777 == 0o600
    assert read_deployment("local") == deployment
    assert known_deployments() == ["local"]
    assert "quoted" not in repr(deployment)


def test_a_url_without_a_port_has_that_of_its_scheme() -> None:
    address = read_deployment(written(WHOLE)).addresses["backend", "http"]
    assert (address.host, address.port, address.url) == ("staging.shop.example", 443, "https://staging.shop.example:443")


def test_secrets_can_stand_in_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    found = read_deployment(written(WHOLE + '[secret_variables]\nkey = "SHOP_KEY"\n'))
    assert found.secret("key") is None
    monkeypatch.setenv("SHOP_KEY", "from the variable")
    assert found.secret("key") == "from the variable"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "has to name its `platform`"),
        ('platform = "shop"\n', r"and the \[addresses\]"),
        ("platform = shop", "cannot be read"),
        (WHOLE + "[adresses]\n", "'adresses' is unknown; allowed are accounts, addresses"),
        ('platform = "shop"\naddresses = 3\n', r"\[addresses\] has to be a table"),
        ('platform = "shop"\n[addresses]\n"backend" = "h:1"\n', 'such as "backend:http"'),
        ('platform = "shop"\n[addresses]\n"backend:http" = "nowhere"\n', "has to be an address such as"),
        ('platform = "shop"\n[addresses]\n"backend:http" = "https://user:word@h"\n', "has to be an address such as"),
        ('platform = "shop"\n[addresses]\n"backend:http" = "h:70000"\n', "has to be an address such as"),
        (WHOLE + "[kept_by]\nprocess = 3\n", r"\[kept_by\] has to hold the numbers `pid` and `started`"),
        ('ca_file = "/nowhere.pem"\n' + WHOLE, "`ca_file` cannot be read from /nowhere.pem: No such file"),
        ('ca_file = "/etc/passwd"\n' + WHOLE, "it holds no certificate in PEM"),
        ('proxy = "proxy.example.com:3128"\n' + WHOLE, "`proxy` has to be an address without a password"),
        ('proxy = "http://me:word@proxy:3128"\n' + WHOLE, "`proxy` has to be an address without a password"),
        (WHOLE + '[mail]\nimpa = "imaps://h"\n', r"'impa' of \[mail\] has to be a text, one of address, folder, imap, user"),
        (WHOLE + '[accounts]\n"ada@example.com" = 3\n', r"'ada@example.com' of \[accounts\] has to be a text"),
        ('read_only = "yes"\n' + WHOLE, "`read_only` has to be true or false"),
        ("substrate = 3\n" + WHOLE, "`substrate` has to be a text, not 3"),
        ("keyring = 3\n" + WHOLE, "`keyring` has to be a text, not 3"),
        ("ca_file = 3\n" + WHOLE, "`ca_file` has to be a text, not 3"),
        ('ca_file = "a\\u0000b"\n' + WHOLE, "`ca_file` has to be a text"),
        (WHOLE + "[volumes]\nmail = 3\n", r"'mail' of \[volumes\] has to be a text$"),
        (WHOLE + "[secrets]\nkey = 4711\n", r"'key' of \[secrets\] has to be a text$"),
        (WHOLE + "[secret_variables]\nkey = 3\n", r"'key' of \[secret_variables\] has to be a text"),
        (WHOLE + '[kept_by]\npid = "1"\nstarted = 1.0\n', r"\[kept_by\] has to hold the numbers"),
        ("requests_per_second = 0\n" + WHOLE, "`requests_per_second` has to be a number from 0.01"),
        ('requests_per_second = "5"\n' + WHOLE, "`requests_per_second` has to be a number from 0.01"),
    ],
)
def test_a_wrong_file_is_refused_with_its_place(text: str, words: str) -> None:
    with pytest.raises(DeploymentRefused, match=words) as refusal:
        read_deployment(written(text))
    assert str(file_of("staging")) in str(refusal.value)


def test_a_file_that_others_may_read_is_refused_with_the_command_that_helps() -> None:
    with pytest.raises(DeploymentRefused, match="chmod 600"):
        read_deployment(written(WHOLE, mode=0o640))


def test_a_file_of_somebody_else_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    written(WHOLE)
    monkeypatch.setattr("os.getuid", lambda: 4711)
    with pytest.raises(DeploymentRefused, match="belongs to somebody else"):
        read_deployment("staging")


def test_an_unknown_name_leads_to_the_known_ones() -> None:
    written(WHOLE)
    with pytest.raises(DeploymentRefused, match="there is no deployment 'stagign'; there are: staging"):
        read_deployment("stagign")


@pytest.mark.parametrize("name", ["../other", "Staging", "", "a b", "-x"])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(DeploymentRefused, match="small letters, digits and dashes only"):
        file_of(name)


def test_a_service_bus_of_azure_is_reached_over_tls_and_any_other_as_it_is_said() -> None:
    found = read_deployment(written('platform = "shop"\n[addresses]\n"bus:amqp" = "sb://staging.example.net"\n"own:amqp" = "h:5672"\n'))
    encrypted, plain = (connection_string(found.addresses[name, "amqp"], "key") for name in ("bus", "own"))
    assert encrypted == "Endpoint=sb://staging.example.net/;SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=key"
    assert plain == "Endpoint=sb://h:5672;SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=key;UseDevelopmentEmulator=true"


def test_behind_a_proxy_the_proxy_is_asked_whether_it_is_there() -> None:
    text = 'proxy = "http://proxy.example.com:3128"\n' + WHOLE + '"bus:amqp" = "sb://bus.example.com"\n"own:http" = "127.0.0.1:80"\n'
    found = read_deployment(written(text))
    hosts = [found.asked_at(*place).host for place in (("backend", "http"), ("bus", "amqp"), ("own", "http"))]
    assert hosts == ["proxy.example.com", "bus.example.com", "127.0.0.1"]


MAIL = '[mail]\nimap = "imaps://imap.example.com"\nuser = "qa"\naddress = "qa+{name}@example.com"\n[secrets]\nmail-password = "word"\n'


def test_an_inbox_gets_what_is_sent_to_people_who_are_called_as_it_wants() -> None:
    inbox = read_deployment(written(WHOLE + MAIL)).given().inbox
    assert inbox is not None
    assert (inbox.host, inbox.port, inbox.encrypted, inbox.folder, inbox.password) == ("imap.example.com", 993, True, "INBOX", "word")
    assert inbox.address_of("e2e-test-1-ada", "example.com") == "qa+e2e-test-1-ada@example.com"
    assert "word" not in repr(inbox)


@pytest.mark.parametrize(
    ("pattern", "any_domain", "gets"),
    [
        ("qa+{name}@example.com", False, {"qa+ada@example.com": True, "ada@example.com": False, "QA@example.com": True}),
        ("{name}@{domain}", True, {"ada@hospital.example": True, "nobody": False}),
    ],
)
def test_an_inbox_says_whose_e_mails_arrive_there(pattern: str, any_domain: bool, gets: dict[str, bool]) -> None:
    inbox = Inbox("imap.example.com", 993, True, "qa@example.com", "word", pattern)
    assert inbox.is_of_any_domain is any_domain
    assert {address: inbox.gets(address) for address in gets} == gets


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("imaps://", "https://", r"\[mail\] needs `imap`"),
        ('user = "qa"', 'user = ""', r"\[mail\] needs `imap`"),
        ("{name}", "", "has to be one such as"),
        ("mail-password", "other", "the secret 'mail-password' is missing"),
    ],
)
def test_a_wrong_inbox_is_refused(before: str, after: str, words: str) -> None:
    found = read_deployment(written(WHOLE + MAIL.replace(before, after)))
    with pytest.raises(DeploymentRefused, match=words):
        found.given()


def test_accounts_are_given_with_passwords_that_stand_among_the_secrets() -> None:
    text = WHOLE + '[accounts]\n"Ada@example.com" = "ada"\n"ben@example.com" = "ben"\n[secrets]\nada = "word-1"\nben = "word-2"\n'
    accounts = read_deployment(written(text)).given().accounts
    assert [(account.name, account.password) for account in accounts] == [("ada@example.com", "word-1"), ("ben@example.com", "word-2")]
    assert "word" not in repr(accounts)


class InMemory(KeyringBackend):
    """The operating system's keyring, as far as it is asked."""

    priority = 1  # type: ignore[assignment]

    def get_password(self, service: str, username: str) -> str | None:
        if username == "locked":
            raise KeyringLocked("nobody has opened it")
        return {("staging", "key"): "from the keyring"}.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Nobody does."""
        raise NotImplementedError


def test_secrets_can_stand_in_the_keyring_of_the_operating_system() -> None:
    before = keyring.get_keyring()
    keyring.set_keyring(InMemory())
    try:
        found = read_deployment(written('keyring = "staging"\n' + WHOLE + '[secrets]\nother = "here"\n'))
        assert [found.secret(name) for name in ("key", "other", "unknown")] == ["from the keyring", "here", None]
        with pytest.raises(DeploymentRefused, match="the keyring does not give the secret 'locked' of 'staging': nobody has opened it"):
            found.secret("locked")
    finally:
        keyring.set_keyring(before)
