"""The substrate remote: the platform's own services are a deployment that is there already; what scenarios add runs on this machine.

A group of services, such as what a customer installs, is started here and reaches the deployment as it would from any other machine.
"""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from environments.deployments.inboxes import refuse_closed_inbox
from environments.embedded import log_files
from environments.embedded.substrate import EmbeddedSubstrate
from environments.errors import DeploymentRefused, SubstrateError, UnreadableLog
from environments.ledger import Ledger
from environments.platform import Platform
from environments.remote.answers import ANSWER_SECONDS, refuse_half_up
from environments.remote.deployments import read_deployment
from environments.remote.guard import refuse_context, refuse_nameless, refuse_production
from environments.remote.left_overs import ThingsOnDeployment
from environments.remote.own_pods import DeploymentPods
from environments.remote.sites import AccessToNamed, RemoteSites
from environments.requirements import Requirement
from environments.services import HTTP, Address, Group
from environments.substrate import PODS, WRITING, Faults, RunningGroup, Substrate

WHY_MISSING = {
    "cluster": "what scenarios add to a deployment that is there already runs on this machine, not on its cluster",
    "faults.process": "the services of a deployment that is there already are not ours to stop",
    "faults.pause": "the services of a deployment that is there already are not ours to freeze",
    "faults.disk": "the volumes of a deployment that is there already are not ours to fill",
    "faults.network": "the network of a deployment that is there already is not ours to cut",
}


class RemoteSubstrate(Substrate):
    """See `environments.substrate.Substrate`."""

    name = "remote"
    loading_seconds = EmbeddedSubstrate.loading_seconds

    def __init__(
        self,
        platform: Platform,
        *,
        run_id: str,
        logs_folder: Path,
        deadline_factor: float = 1.0,
        deployment: str | None = None,
        allowed_deployments: Collection[str] = (),
        allowed_contexts: Collection[str] = (),
    ) -> None:
        """Read and guard the deployment of that name; raises DeploymentRefused before anything is asked of it."""
        self._platform = platform
        self._deployment = read_deployment(deployment)
        if self._deployment.platform != platform.name:
            raise DeploymentRefused(f"the deployment '{deployment}' is of the platform {self._deployment.platform}, not of {platform.name}")
        refuse_production(self._deployment, allowed_deployments, platform.production_hosts)
        refuse_nameless(self._deployment, platform.existing_deployments().needed)
        refuse_context(self._deployment, allowed_contexts)
        self.own_pods: DeploymentPods = DeploymentPods(self._deployment, platform)
        self.left_overs = ThingsOnDeployment(Ledger.of(run_id), self._deployment, lambda: self.lacks.get(WRITING))
        self.given = self._deployment.given()
        self.access = AccessToNamed(self._deployment)
        self.lacks = {WRITING: f"{self._deployment.file} says that it may only be read"} if self._deployment.read_only else {}
        self.is_reference = self._deployment.kept_by is not None
        self._deadline_factor = deadline_factor
        self._sites = RemoteSites(self._deployment)
        self._here = EmbeddedSubstrate(
            platform, run_id=run_id, logs_folder=logs_folder, deadline_factor=deadline_factor, elsewhere=self._sites
        )

    def start(self) -> None:
        """See that every service answers, and make ready for groups; raises SubstrateError."""
        self._deployment.put_in_force()
        self.ask()
        self._here.start()
        self.ready_seconds = self._here.ready_seconds

    def ask(self) -> None:
        """See that every service answers and lets us in, and what it lacks, in the way that is in force; raises SubstrateError."""
        refuse_half_up(self._deployment, ANSWER_SECONDS * self._deadline_factor)
        try:
            self._deployment.refuse_unset_variables()
            if self.given.inbox is not None:
                refuse_closed_inbox(self.given.inbox)
            self.own_pods.ask()
            self.lacks = {**self._platform.existing_deployments().ask(self), **self.lacks}
        except SubstrateError as error:
            raise SubstrateError(f"the deployment '{self._deployment.name}' does not let us in: {error}") from None

    def stop(self) -> None:
        """Remove what was added; the deployment runs on."""
        self._here.stop()

    def kill(self) -> None:
        """Remove what was added, at once."""
        self._here.kill()

    def clean_up_after(self, process: int, *, alone: bool) -> list[str]:
        """End the groups that a killed process had added; see `Substrate.clean_up_after`."""
        return self._here.clean_up_after(process, alone=alone)

    def add_group(self, group: Group) -> RunningGroup:
        """Make room for a group of services on this machine."""
        return self._here.add_group(group)

    def services(self) -> list[str]:
        """The names of the deployment's services and of those that were added."""
        return [*self.own_pods.services(), *self._here.services()]

    def wait_until_ready(self, service: str) -> None:
        """Return at once: they all answered at the start."""

    def address(self, service: str, port: str = HTTP) -> Address:
        """Where scenarios reach a service of the platform."""
        return self._sites.address(service, port)

    def volume(self, name: str) -> Path:
        """Where scenarios find a volume of the platform."""
        return self._sites.volume(name)

    def secret(self, name: str) -> str:
        """A secret of the platform; whoever asks keeps it out of every log."""
        return self._sites.secret(name)

    def logs(self, service: str, since: float | None = None) -> str:
        """What a service logged; raises UnreadableLog for one of the deployment's own whose log cannot be read."""
        folder = self._deployment.logs
        file = folder / f"{service}.log" if folder is not None else None
        if file is not None and file.is_file():
            return log_files.read(file, since)
        if (of_pods := self.own_pods.log(service, since)) is not None:
            return of_pods
        if self._sites.has(service):
            raise UnreadableLog(service)
        return self._here.logs(service, since)

    def events(self, since: float) -> list[str]:
        """What the deployment's cluster tells since a unix time."""
        return self.own_pods.events(since)

    def described(self) -> Mapping[str, Mapping[str, str]]:
        """What its services run as, as far as that can be said."""
        return self.own_pods.described()

    def faults(self, service: str) -> Faults:
        """What can be done to a service that a group brought; raises SubstrateError for the deployment's own."""
        if self._sites.has(service):
            raise SubstrateError(f"{service}: {WHY_MISSING['faults.process']}")
        return self._here.faults(service)

    def deaths(self, *, besides: Collection[str] = ()) -> list[str]:
        """Of what was added here; the deployment's own services are watched by whoever runs them."""
        return self._here.deaths(besides=besides)

    def start_beside(self, module: str, arguments: Sequence[str], variables: Mapping[str, str], folder: Path) -> None:
        """Start a Python module on this machine; see `Substrate.start_beside`."""
        self._here.start_beside(module, arguments, variables, folder)

    def requirements(self) -> list[Requirement]:
        """What groups need of this machine."""
        return self._here.requirements()

    def why_missing(self, capability: str) -> str | None:
        """Why it lacks one of `environments.substrate.CAPABILITIES`, in one plain sentence; None when it has it."""
        if capability == PODS:
            return self.own_pods.why_missing()
        return WHY_MISSING.get(capability) or self._here.why_missing(capability)


SUBSTRATE = RemoteSubstrate
