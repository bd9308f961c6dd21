"""The kind substrate: a platform as pods of a Kubernetes cluster, one for each service, and a Job for each pod that they start."""

import contextlib
import logging
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from environments.cluster.api import ApiRefused
from environments.compose.engine import Engine
from environments.compose.faults import ContainerFaults, repairable
from environments.compose.images import ImageBuilder, Images
from environments.compose.ownership import Owner
from environments.compose.settings import ComposeSettings
from environments.descriptions import VERSIONS, versions_of
from environments.embedded import log_files
from environments.embedded.groups import AddedGroup, Groups
from environments.embedded.local import LocalSubstrate, while_running
from environments.embedded.node import Node as ProcessesBeside
from environments.embedded.phases import Phases
from environments.embedded.repair import repair
from environments.embedded.state_folder import parent_of_state
from environments.errors import SubstrateError
from environments.kind.cluster import ClusterMaker, RunningCluster
from environments.kind.freezing import Freezer
from environments.kind.making import Maker
from environments.kind.nodes import NodeFaults, nodes, nodes_for_pods, wake
from environments.kind.objects import RunObjects
from environments.kind.own_pods import RunPods
from environments.kind.readiness import Readiness
from environments.kind.rendering import Workload, dns_name
from environments.kind.requirements import requirements
from environments.kind.runtime import NodeRuntime
from environments.kind.settings import KindSettings
from environments.kind.site import ClusterSites
from environments.kind.workloads import Workloads
from environments.ledger import NAME_PREFIX, Ledger
from environments.left_overs.clusters import remove_namespace
from environments.platform import Platform
from environments.processes import admission
from environments.requirements import Requirement, refuse_unmet
from environments.services import Group, ServiceSpec
from environments.substrate import Faults, RunningGroup, why_lacking

LAUNCHER_PACKAGES = ("kubernetes",)
"""What services need besides that start pods here."""
LONGEST_PREFIX = 40

log = logging.getLogger(__name__)

WHY_MISSING = {
    "processes": "the kind substrate runs services in pods",
    "pod-namespaces": "the runtime's filter of system calls, under which pods of a cluster run, lets them make no namespaces",
    "faults.disk": "the kind substrate cannot fill up volumes yet",
    "faults.network": "the kind substrate cannot disturb single connections yet",
}


OF_CLUSTERS = ("network-policy", "spare-node")
"""Capabilities that some clusters have."""


class KindSubstrate(LocalSubstrate[ClusterSites]):
    """See `environments.substrate.Substrate`. `phases` tells how many seconds after the start each part of it was done."""

    name = "kind"
    runs_images = True

    def __init__(
        self, platform: Platform, *, run_id: str, logs_folder: Path, deadline_factor: float = 1.0, keep_cluster: bool = False
    ) -> None:
        self._platform = platform
        self._run_id = run_id
        self._logs_folder = logs_folder
        self._deadline_factor = deadline_factor
        settings = self._settings = replace(KindSettings.from_environment(), keep_cluster=keep_cluster)
        self._image_settings = ComposeSettings.from_environment()
        self.phases = Phases()
        self.specs = list(platform.services_in_pods())
        self._engine = Engine(run_id)
        self._clusters = ClusterMaker(run_id, settings, self._engine, log.warning)
        self._owner = Owner.of_containers()
        self._groups: Groups[Workload] = Groups()
        self._prefix = dns_name(run_id if run_id.startswith(NAME_PREFIX) else NAME_PREFIX + run_id, LONGEST_PREFIX)
        self._ledger: Ledger | None = None
        self._cluster: RunningCluster | None = None
        self._workloads: Workloads | None = None
        self._maker: Maker | None = None
        self._beside: ProcessesBeside | None = None

    def start(self) -> None:
        """Start the platform's services and wait until they are ready; if one fails, all are removed again."""
        if self._ledger is not None:
            raise SubstrateError("the kind substrate is already running")
        # first, since both say more of what is wrong
        self._engine.check()
        self._clusters.check()
        refuse_unmet([*self.requirements(), *self._platform.requirements()], self.name)
        try:
            self._start()
        except ApiRefused as error:
            self.stop()
            raise SubstrateError(str(error)) from None
        except BaseException:
            self.stop()
            raise

    def requirements(self) -> list[Requirement]:
        """What it needs of this machine."""
        return requirements()

    def stop(self) -> None:
        """Remove everything that was made, and keep the logs; idempotent, also after a start that failed."""
        if self._workloads is not None:
            with contextlib.suppress(SubstrateError):
                self._groups.remove_all()
                self._workloads.keep_logs()
        self.kill()

    def kill(self) -> None:
        """End everything at once: the cluster, or what the run made on one that stays."""
        if self._beside is not None:
            self._beside.stop()
        if self._ledger is not None:
            self._ledger.close()
        self._ledger = self._cluster = self._workloads = self._maker = self._sites = self._beside = None

    def clean_up_after(self, process: int, *, alone: bool) -> list[str]:
        """Remove the groups that a killed process of this run had added; see `Substrate.clean_up_after`."""
        if self._workloads is None or self._cluster is None:
            return []
        for place in self._workloads.objects.namespaces_of(process):
            remove_namespace(self._cluster.api, place)
        if not alone:
            return []
        if not self._settings.context:
            wake(self._engine, self._cluster.name)
        basic = [spec.name for spec in self.specs if not spec.after]
        return repair(repairable(self._workloads), basic, lambda: self._platform.running(self).repair(30.0 * self._deadline_factor))

    def add_group(self, group: Group) -> RunningGroup:
        """Make a namespace for a group of services: addresses, volumes and secrets."""
        workloads, outer, maker = self._running(), self._known_sites(), while_running(self._maker)
        # a namespace that is being removed keeps its name for a while
        place = f"{self._prefix}-{dns_name(group.name, 13)}-{secrets.token_hex(3)}"

        def make() -> AddedGroup[Workload]:
            maker.namespace(place, group.name)
            folder = self._owner.make_folder(outer.folder.parent / "groups" / group.name)
            sites = maker.sites(folder, place, group.name, outer)

            def service(spec: ServiceSpec) -> Workload:
                return maker.service(spec, sites, group.name, place)

            added = AddedGroup(group, sites, workloads, maker.cluster(place, group.name), service, workloads.start)
            maker.claims(sites, place)
            maker.hold_back(group, sites, place)
            return added

        return self._groups.add(group.name, make)

    def services(self) -> list[str]:
        """The names of the services, in the order they were started; a group's are `<service>-<group>`."""
        return self._running().services()

    def wait_until_ready(self, service: str) -> None:
        """Return when a service of the platform is ready that its start did not wait for."""
        self._running().wait_until_ready([self._running().service(service)])

    def logs(self, service: str, since: float | None = None) -> str:
        """What a service logged, since a unix time if one is given; kept when its pod has gone."""
        found = self._workloads.log(service, since) if self._workloads is not None else None
        if found is not None:
            return found
        return log_files.of_service(self._logs_folder, service, since)

    def described(self) -> Mapping[str, Mapping[str, str]]:
        """What the platform's services run as: pods that have to do without much."""
        maker, sites, pods = while_running(self._maker), self._known_sites(), self.own_pods.of_services()
        found = {f"service {spec.name}": maker.described(spec, sites, pods[spec.name][0]) for spec in self.specs if spec.name in pods}
        return {**found, VERSIONS: versions_of(self._platform)}

    def faults(self, service: str) -> Faults:
        """What can be done to a service; raises SubstrateError for an unknown one."""
        return ContainerFaults(self._running(), self._running().service(service).name)

    def deaths(self, *, besides: Collection[str] = ()) -> list[str]:
        """One text for each service that died by itself, besides these."""
        if self._workloads is None:
            return []
        return [str(death) for death in self._workloads.deaths() if death.service not in besides]

    def why_missing(self, capability: str) -> str | None:
        """Why it lacks one of `environments.substrate.CAPABILITIES`, in one plain sentence; None when it has it."""
        if capability in OF_CLUSTERS:
            return self._settings.why_missing(capability)
        return why_lacking(self.name, WHY_MISSING, capability)

    def _start(self) -> None:
        self.phases.begin()
        self._logs_folder.mkdir(parents=True, exist_ok=True)
        ledger = self._ledger = Ledger.open(self._run_id)
        folder = ledger.make_folder(parent_of_state())
        for name in ("build", "run", "tmp"):
            (folder / name).mkdir(mode=0o700)
        builder = ImageBuilder(self._engine, folder / "build", self._image_settings, log.warning, self._owner.user, self._owner.group)
        images = builder.build_for(self._platform, self.specs, also=LAUNCHER_PACKAGES if self._platform.pods() is not None else ())
        self.phases.done("images are there")
        cluster = self._cluster = self._clusters.cluster(ledger, folder)
        self.phases.done("the cluster is there")
        self._clusters.load(cluster, self._wanted(images, builder))
        self.phases.done("its nodes have the images")
        state = ledger.make_folder(cluster.shared_folder) if cluster.kept else cluster.shared_folder
        for name in ("volumes", "groups"):
            self._owner.make_folder(state / name)
        objects = RunObjects(cluster.api, self._run_id)
        runtime = NodeRuntime(self._engine)
        workloads = self._workloads = Workloads(objects, Readiness(objects), Freezer(objects, runtime), self._logs_folder)
        address = sorted(nodes(cluster.api).items())[0][1]
        maker = self._maker = Maker(
            platform=self._platform,
            run_id=self._run_id,
            api=cluster.api,
            runtime=runtime,
            images=images,
            owner=self._owner,
            node_address=address,
            nodes=NodeFaults(cluster.api, self._engine, nodes_for_pods(cluster.api)[0]),
            deadline_factor=self._deadline_factor,
            create=workloads.objects.create,
        )
        self._start_services(workloads, maker, state)
        if (own := self._platform.pods()) is not None:
            # only now: it would take the processor from what everybody waits for
            beside = self._logs_folder / "beside.log"
            self._beside = ProcessesBeside(folder, beside, self._run_id, ledger, own, admission.new_key())
        self.ready_seconds = self.phases.passed()

    def _start_services(self, workloads: Workloads, maker: Maker, state: Path) -> None:
        maker.namespace(self._prefix, None)
        sites = self._sites = maker.sites(state / "volumes", self._prefix, None, None)
        sites.make_room(self.specs, self._platform.volumes(), self._platform.secrets())
        services = {spec.name: maker.service(spec, sites, None, self._prefix) for spec in self.specs}
        workloads.start(list(services.values()))
        self.phases.done("all services are started")
        workloads.wait_until_ready([services[spec.name] for spec in self.specs if spec.awaited])
        self.own_pods = RunPods(workloads.objects, while_running(self._cluster), self._prefix, [spec.name for spec in self.specs])
        self.phases.done("all services are ready")

    def _wanted(self, images: Images, builder: ImageBuilder) -> Sequence[str]:
        """Those that some service or pod runs in; what is not on this machine, the nodes fetch themselves."""
        wanted = [images.services]
        wanted += [images.with_packages] if any(spec.packages for spec in self.specs) else []
        wanted += [images.pods] if self._platform.pods() is not None else []
        return [*wanted, *(spec.image for spec in self.specs if spec.image and builder.is_there(spec.image))]

    def _running(self) -> Workloads:
        return while_running(self._workloads)


SUBSTRATE = KindSubstrate
