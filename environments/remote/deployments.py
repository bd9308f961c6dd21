"""Deployments by name: where the services of a platform that runs already are, and what it takes to get in.

One TOML file a deployment, which only its owner may read. `ringmaster up` writes one; people write the others. Source: our choice.
"""

import json
import os
import re
import ssl
import stat
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from environments.cluster.platform_pods import ClusterAccess
from environments.deployments.given import USUAL_ADDRESS, USUAL_FOLDER, Given, GivenAccount, Inbox, check_address
from environments.errors import DeploymentRefused
from environments.ledger import ledger_folder
from environments.network.reaching import Reaching, is_this_machine
from environments.processes.of_run import alive_and_same
from environments.remote.cluster_file import CLUSTER, PODS, read_cluster, written_cluster
from environments.services import HTTP, Address

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,40}")
KEPT_BY = "kept_by"
TABLES = {"addresses", "volumes", "secrets", "secret_variables", KEPT_BY, "mail", "accounts", CLUSTER, PODS}
TEXTS = {"platform", "substrate", "logs", "ca_file", "proxy", "keyring"}
NUMBERS = {"requests_per_second"}
TRUTHS = {"read_only"}
KNOWN = TABLES | TEXTS | NUMBERS | TRUTHS
DEFAULT_PORTS = {"http": 80, "https": 443, "amqps": 5671, "sb": 5671, "imap": 143, "imaps": 993}
MAIL_PASSWORD = "mail-password"  # noqa: S105 - its name
KNOWN_IN = {"mail": {"imap", "user", "address", "folder"}}
"""What may stand in a table; in any other one, whatever its user calls things."""


@dataclass(frozen=True)
class Keeper:
    """The process of `ringmaster up` that keeps a deployment: its number, and its start in seconds from boot."""

    pid: int
    started: float

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return alive_and_same(self.pid, self.started)


@dataclass(frozen=True)
class ExistingDeployment:
    """A platform that runs already."""

    name: str
    platform: str
    addresses: Mapping[tuple[str, str], Address]
    """By service and port."""
    volumes: Mapping[str, Path] = field(default_factory=dict)
    """Folders of the platform that can be read on this machine."""
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    secret_variables: Mapping[str, str] = field(default_factory=dict)
    """Secrets that stand in variables, by name."""
    keyring: str = ""
    """The service under which the operating system's keyring keeps secrets that stand nowhere else; empty: none."""
    mail: Mapping[str, str] = field(default_factory=dict)
    """Of an inbox: `imap`, `user`, and perhaps `address` and `folder`; its password is the secret `mail-password`."""
    accounts: Mapping[str, str] = field(default_factory=dict)
    """Accounts that are there for scenarios, in the order in which they are taken: by address, the secret that is the password."""
    logs: Path | None = None
    """The folder with a `<service>.log` each, where there is one."""
    substrate: str = ""
    """What `ringmaster up` started it on."""
    cluster: ClusterAccess | None = None
    """Where the pods of its services can be looked at; None: nowhere."""
    read_only: bool = False
    """Whether nothing may be made or changed there, as its operator says."""
    kept_by: Keeper | None = None
    reaching: Reaching = field(default_factory=Reaching)
    """What it takes to reach it."""
    file: Path | None = field(default=None, compare=False)
    """Where it is described."""

    def secret(self, name: str) -> str | None:
        """A secret, if it is known."""
        if name in self.secrets:
            return self.secrets[name]
        if name in self.secret_variables:
            return os.environ.get(self.secret_variables[name])
        return _in_keyring(self.keyring, name) if self.keyring else None

    def refuse_unset_variables(self) -> None:
        """Return if every variable is set that it names for a secret; raises DeploymentRefused."""
        for name, variable in self.secret_variables.items():
            if not os.environ.get(variable):
                whose = f"the secret '{name}' of the deployment '{self.name}'"
                raise DeploymentRefused(f"{whose} is missing: the variable {variable} is not set")

    def given(self) -> Given:
        """What its operator gives scenarios; raises DeploymentRefused when a password is missing."""
        accounts = [GivenAccount(name.lower(), self._password(of)) for name, of in self.accounts.items()]
        turn = deployments_folder() / f"{self.name}-accounts.lock" if accounts else None
        return Given(self._inbox() if self.mail else None, accounts, turn)

    def put_in_force(self) -> None:
        """Reach it from this process, and from all that it starts, as its description says."""
        turns = deployments_folder() / f"{self.name}.turns"
        turns.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.reaching.put_in_force(turns)

    @contextmanager
    def in_force(self) -> Iterator[None]:
        """The same until the block ends: whatever is started then reaches its own deployment."""
        before = dict(os.environ)
        try:
            self.put_in_force()
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)

    def asked_at(self, service: str, port: str) -> Address:
        """Where connections to a port of a service are made: there, or at the proxy on the way."""
        address = self.addresses[service, port]
        if self.reaching.proxy is None or is_this_machine(address.host) or not (port == HTTP or address.scheme == "https"):
            return address
        proxy = urlsplit(self.reaching.proxy)
        return Address(proxy.hostname or "", proxy.port or 0, proxy.scheme)

    def _inbox(self) -> Inbox:
        address = _address(self.file or file_of(self.name), "imap", self.mail.get("imap", ""))
        if address.scheme not in ("imap", "imaps") or not self.mail.get("user"):
            raise DeploymentRefused(f'{self.file}: [mail] needs `imap`, such as "imaps://imap.example.com", and `user`')
        inbox = Inbox(
            address.host,
            address.port,
            address.scheme == "imaps",
            self.mail["user"],
            self._password(MAIL_PASSWORD),
            self.mail.get("address", USUAL_ADDRESS),
            self.mail.get("folder", USUAL_FOLDER),
            self.reaching.ca_file,
        )
        check_address(inbox.address)
        return inbox

    def _password(self, name: str) -> str:
        found = self.secret(name)
        if not found:
            raise DeploymentRefused(f"{self.file}: the secret '{name}' is missing")
        return found

    def write(self) -> Path:
        """Write its file, which only its owner can read."""
        lines = [f"{name} = {_quoted(value)}" for name, value in self._texts().items() if value]
        for table, values in self._tables().items():
            lines += ["", f"[{table}]", *(f"{_quoted(name)} = {_quoted(value)}" for name, value in values.items())] if values else []
        if self.kept_by is not None:
            lines += ["", "[kept_by]", f"pid = {self.kept_by.pid}", f"started = {self.kept_by.started}"]
        file = file_of(self.name)
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = file.with_suffix(".draft")
        draft.touch(mode=0o600)
        draft.write_text("\n".join(lines) + "\n", encoding="utf-8")
        draft.replace(file)
        return file

    def _texts(self) -> dict[str, str]:
        reaching = {"ca_file": str(self.reaching.ca_file or ""), "proxy": self.reaching.proxy or ""}
        return {"platform": self.platform, "substrate": self.substrate, "logs": str(self.logs or ""), **reaching}

    def _tables(self) -> dict[str, Mapping[str, str]]:
        addresses = {f"{service}:{port}": address.url for (service, port), address in self.addresses.items()}
        volumes = {name: str(path) for name, path in self.volumes.items()}
        own = {"addresses": addresses, "volumes": volumes, "secrets": self.secrets, "secret_variables": self.secret_variables}
        return {**own, **written_cluster(self.cluster)}


def deployments_folder() -> Path:
    """Where the files of deployments are, beside the ledger of runs."""
    return ledger_folder().parent / "deployments"


def file_of(name: str) -> Path:
    """The file of a deployment; raises DeploymentRefused for what is no name."""
    if not NAME.fullmatch(name):
        raise DeploymentRefused(f"a deployment cannot be named '{name}': small letters, digits and dashes only")
    return deployments_folder() / f"{name}.toml"


def known_deployments() -> list[str]:
    """The names of those that have a file."""
    return sorted(file.stem for file in deployments_folder().glob("*.toml"))


def read_deployment(name: str | None) -> ExistingDeployment:
    """The deployment of that name, or in the file of that path; raises DeploymentRefused."""
    if not name:
        there = ", ".join(known_deployments()) or "none: `ringmaster up` starts one"
        raise DeploymentRefused(f"the substrate remote needs the name of a deployment: --deployment NAME. There are: {there}")
    file = Path(name) if name.endswith(".toml") else file_of(name)
    try:
        _refuse_others(file)
        found = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        known = ", ".join(known_deployments()) or "none"
        raise DeploymentRefused(
            f"there is no deployment '{name}'; there are: {known}. `ringmaster up` starts one, or write {file} (see docs/running.md)"
        ) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DeploymentRefused(f"the deployment's file {file} cannot be read: {error}") from error
    return _deployment(file, found)


def _refuse_others(file: Path) -> None:
    found = file.stat()
    if found.st_uid != os.getuid():
        raise DeploymentRefused(f"{file} belongs to somebody else, who can have scenarios run anywhere: make a copy that is yours")
    if found.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise DeploymentRefused(f"{file} holds secrets, and others may read it: `chmod 600 {file}`")


def _deployment(file: Path, found: dict[str, Any]) -> ExistingDeployment:
    unknown = sorted(found.keys() - KNOWN)
    if unknown:
        raise DeploymentRefused(f"{file}: '{unknown[0]}' is unknown; allowed are {', '.join(sorted(KNOWN))}")
    _refuse_wrong_kinds(file, found)
    if not found.get("platform") or not found.get("addresses"):
        raise DeploymentRefused(f"{file} has to name its `platform`, and the [addresses] of its services")
    return ExistingDeployment(
        name=file.stem,
        platform=found["platform"],
        addresses={_service_and_port(file, name): _address(file, name, value) for name, value in found["addresses"].items()},
        volumes={name: Path(value) for name, value in found.get("volumes", {}).items()},
        secrets=found.get("secrets", {}),
        secret_variables=found.get("secret_variables", {}),
        keyring=found.get("keyring", ""),
        mail=found.get("mail", {}),
        accounts=found.get("accounts", {}),
        logs=Path(found["logs"]) if "logs" in found else None,
        substrate=found.get("substrate", ""),
        cluster=read_cluster(file, found),
        read_only=found.get("read_only", False),
        kept_by=Keeper(**found["kept_by"]) if "kept_by" in found else None,
        reaching=_reaching(file, found),
        file=file.absolute(),
    )


def _refuse_wrong_kinds(file: Path, found: Mapping[str, Any]) -> None:
    for name in sorted(TEXTS & found.keys()):
        if not _is_text(found[name]):
            raise DeploymentRefused(f"{file}: `{name}` has to be a text, not {found[name]!r}")
    for table in sorted(TABLES & found.keys()):
        if not isinstance(found[table], dict):
            raise DeploymentRefused(f"{file}: [{table}] has to be a table")
        known = KNOWN_IN.get(table)
        for name, value in found[table].items() if table != KEPT_BY else ():
            # its value may be a secret
            if not _is_text(value) or (known is not None and name not in known):
                choice = f", one of {', '.join(sorted(known))}" if known else ""
                raise DeploymentRefused(f"{file}: '{name}' of [{table}] has to be a text{choice}")
    if not isinstance(found.get("read_only", False), bool):
        raise DeploymentRefused(f"{file}: `read_only` has to be true or false, not {found['read_only']!r}")
    kept_by = found.get(KEPT_BY, {"pid": 1, "started": 1.0})
    if kept_by.keys() != {"pid", "started"} or not all(type(value) in (int, float) for value in kept_by.values()):
        raise DeploymentRefused(f"{file}: [{KEPT_BY}] has to hold the numbers `pid` and `started`, as `ringmaster up` writes them")


def _is_text(value: object) -> bool:
    # no file and no variable can be called what holds a NUL
    return isinstance(value, str) and "\0" not in value


def _reaching(file: Path, found: Mapping[str, Any]) -> Reaching:
    ca_file = Path(found["ca_file"]) if "ca_file" in found else None
    if ca_file is not None:
        try:
            ssl.create_default_context(cafile=ca_file)
        except OSError as error:
            why = "it holds no certificate in PEM" if isinstance(error, ssl.SSLError) else error.strerror
            raise DeploymentRefused(f"{file}: the certificates of `ca_file` cannot be read from {ca_file}: {why}") from None
    rate = found.get("requests_per_second")
    if rate is not None and (isinstance(rate, bool) or not isinstance(rate, int | float) or not 0.01 <= rate <= 10_000):
        raise DeploymentRefused(f"{file}: `requests_per_second` has to be a number from 0.01 to 10000, not {rate!r}")
    return Reaching(ca_file, _proxy(file, found["proxy"]) if "proxy" in found else None, rate)


def _proxy(file: Path, given: object) -> str:
    try:
        parts = urlsplit(str(given))
        whole = parts.scheme in ("http", "https") and parts.hostname and parts.port and not parts.path.strip("/") and not parts.username
    except ValueError:
        whole = None
    if not whole:
        raise DeploymentRefused(f'{file}: `proxy` has to be an address without a password such as "http://proxy.example.com:3128"')
    return str(given).rstrip("/")


def _in_keyring(service: str, name: str) -> str | None:
    """Of the operating system; raises DeploymentRefused where it has none that can be opened."""
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        raise DeploymentRefused("secrets in a keyring need the package keyring: pip install 'ringmaster[keyring]'") from None
    try:
        return keyring.get_password(service, name)
    except KeyringError as error:
        raise DeploymentRefused(f"the keyring does not give the secret '{name}' of '{service}': {error}") from None


def _service_and_port(file: Path, name: str) -> tuple[str, str]:
    service, colon, port = name.partition(":")
    if not (service and colon and port):
        raise DeploymentRefused(f'{file}: the address "{name}" has to be named as service and port, such as "backend:http"')
    return service, port


def _address(file: Path, name: str, given: object) -> Address:
    text = str(given)
    try:
        parts = urlsplit(text if "://" in text else f"http://{text}")
        port = parts.port or (DEFAULT_PORTS.get(parts.scheme) if "://" in text else None)
        host = _as_asked(parts.hostname or "")
    except ValueError:
        port = None
    if port is None or not host or "%" in parts.netloc or parts.username or parts.path.strip("/"):
        raise DeploymentRefused(f'{file}: "{name}" has to be an address such as "https://staging.example.com:8443", not {given!r}')
    return Address(host, port, parts.scheme)


def _as_asked(host: str) -> str:
    """A host as it is looked up: what only looks different, or is not seen at all, is the same. Raises ValueError."""
    return host if ":" in host else host.encode("idna").decode("ascii").lower()


def _quoted(value: str) -> str:
    # what JSON escapes in a text, TOML reads in the same way
    return json.dumps(value, ensure_ascii=False)
