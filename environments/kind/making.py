"""Makes objects of services: what each may see and reach, by what its description asks for; and the namespaces that they are in."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from environments.cluster.api import Api
from environments.cluster.described import described_by
from environments.cluster.job_pods import JobPods
from environments.compose.images import Images
from environments.compose.making import BASIC_VARIABLES
from environments.compose.ownership import Owner
from environments.compose.rendering import SERVICE_LABEL
from environments.descriptions import Description
from environments.embedded.ports import Ports
from environments.kind.cluster import image_name
from environments.kind.cluster_faults import NamespaceFaults
from environments.kind.nodes import NodeFaults
from environments.kind.pods import NamespaceCluster
from environments.kind.readiness import wait_until_offered
from environments.kind.rendering import READY_FILE, Door, Manifest, Workload, accounts, claimed_folder, exposed, namespace, network_policy
from environments.kind.runtime import NodeRuntime
from environments.kind.site import ClusterSite, ClusterSites, ports_of
from environments.kind.workloads import labels_of
from environments.left_overs.clusters import remove_namespace
from environments.left_overs.containers import RUN_LABEL
from environments.platform import Platform
from environments.processes import pods
from environments.services import Address, Group, ServiceSpec


@dataclass(frozen=True)
class Maker:
    """What all services of a run have in common."""

    platform: Platform
    run_id: str
    api: Api
    images: Images
    runtime: NodeRuntime
    owner: Owner
    node_address: str
    nodes: NodeFaults
    deadline_factor: float
    create: Callable[[Manifest], object]

    def service(self, spec: ServiceSpec, sites: ClusterSites, group: str | None, place: str) -> Workload:
        """A service of the platform, or of a group, in a namespace."""
        name = f"{spec.name}-{group}" if group else spec.name
        site = ClusterSite(spec, sites)
        variables = {**BASIC_VARIABLES, "READY_FILE": READY_FILE, **self.platform.variables(), **spec.variables(site)}
        return Workload(
            name=name,
            namespace=place,
            image=self.images.of(spec),
            runs=None if spec.image else spec.runs,
            user=self.owner.user,
            group=self.owner.group,
            labels=labels_of(self.run_id, name, group),
            variables=json.dumps(variables),
            ports={port: site.port(port) for port in spec.ports},
            ready_port=site.port(spec.ready_port) if spec.ready_port else None,
            ready_seconds=spec.ready_seconds * self.deadline_factor,
            resources=spec.resources,
            mounts=frozenset(self.owner.make_shared_folder(path) for path in site.mounts),
            starts_pods=site.starts_pods,
            node=self.nodes.services_on,
            addresses=tuple(sites.address(spec.name, port) for port in spec.ports),
        )

    def described(self, spec: ServiceSpec, sites: ClusterSites, pod: Mapping[str, Any]) -> Description:
        """What a service of the platform runs as, in that pod."""
        return described_by(pod, spec.ports, {**self.platform.variables(), **spec.variables(ClusterSite(spec, sites))})

    def namespace(self, place: str, group: str | None) -> None:
        """Make the namespace of the platform or of a group, and whom its services run as."""
        self.create(namespace(place, labels_of(self.run_id, None, group)))
        for manifest in accounts(place):
            self.create(manifest)

    def sites(self, folder: Path, place: str, group: str | None, outer: ClusterSites | None) -> ClusterSites:
        """The addresses, volumes and secrets of a namespace's services."""

        def expose(spec: ServiceSpec, ports: Mapping[str, int]) -> Mapping[str, Address]:
            name = f"{spec.name}-{group}" if group else spec.name
            made = self.create(exposed(name, place, labels_of(self.run_id, name, group), ports))
            chosen = {port.port: port.node_port for port in made.spec.ports}  # type: ignore[attr-defined]
            return {port: Address(self.node_address, chosen[number]) for port, number in ports.items()}

        launcher = {pods.NAMESPACE_VARIABLE: place, pods.IMAGE_VARIABLE: image_name(self.images.pods)}
        return ClusterSites(folder, Ports(), outer, launcher, expose=expose)

    def claims(self, sites: ClusterSites, place: str) -> None:
        """Let pods claim the volumes that they may."""
        for volume in sites.volumes():
            if volume.claim:
                folder = self.owner.make_shared_folder(sites.volume(volume.name))
                offered, claim = claimed_folder(volume.claim, place, folder, {RUN_LABEL: self.run_id})
                self.create(offered)
                wait_until_offered(self.api, offered["metadata"]["name"])
                self.create(claim)

    def hold_back(self, group: Group, sites: ClusterSites, place: str) -> None:
        """Have network policies hold the group's pods back, where the cluster enforces them."""
        own = {spec.name: spec for spec in (*group.services, *group.played)}
        everybody = {spec.name: spec for spec in self.platform.services()} | own

        def door(service: str, port: str) -> Door:
            labels = {SERVICE_LABEL: f"{service}-{group.name}" if service in own else service}
            return Door(labels, ports_of(everybody[service])[port], sites.address(service, port))

        for held in group.held_back:
            doors = [door(service, port) for service, port in held.reach or () if service in everybody]
            self.create(network_policy(held, place, doors, {RUN_LABEL: self.run_id}))

    def cluster(self, place: str, group: str) -> NamespaceCluster:
        """The pods of one group, in its namespace."""
        faults = NamespaceFaults(self.api, place, group, self.nodes)
        return NamespaceCluster(JobPods(self.api, place), self.runtime, lambda: remove_namespace(self.api, place), faults)
