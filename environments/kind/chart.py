"""A platform's own services as a Helm chart for people: a namespace's services by their names, secrets and images by values.

Runs of ours make the same objects by the API (see `environments.kind.making`), at addresses that scenarios reach. Groups are not in it.
Source: Helm 3.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from environments.compose.integration import VOLUMES, host_name
from environments.compose.making import BASIC_VARIABLES
from environments.compose.ownership import WITHOUT_RIGHTS
from environments.compose.site import EVERYWHERE
from environments.kind.rendering import READY_FILE, Manifest, Workload, deployment, dns_name, variables_secret
from environments.kind.site import ports_of
from environments.platform import Platform
from environments.services import HTTP, Address, ServiceSpec

RELEASE = "{{ .Release.Namespace }}"
READY_SECONDS = 120.0


@dataclass
class ChartSite:
    """One service's view (see `environments.services.Site`): the others by their names, secrets by values."""

    spec: ServiceSpec
    specs: Mapping[str, ServiceSpec]
    folders: set[Path] = field(default_factory=set)
    secrets: set[str] = field(default_factory=set)

    def port(self, name: str = HTTP) -> int:
        """The port that this service listens on."""
        return ports_of(self.spec)[name]

    def host(self) -> str:
        """All interfaces of the pod."""
        return EVERYWHERE

    def address(self, service: str, port: str = HTTP) -> Address:
        """Where this service reaches another one."""
        return Address(host_name(service), ports_of(self.specs[service])[port])

    def volume(self, name: str) -> Path:
        """Where this service finds a volume; it is over with its pod."""
        self.folders.add(VOLUMES / name)
        return VOLUMES / name

    def pod_volume(self, name: str) -> Path:
        """The same: no pods are rendered."""
        return self.volume(name)

    def secret(self, name: str) -> str:
        """Whoever installs the chart gives it; a template refuses an empty one."""
        self.secrets.add(name)
        return f"{{{{ .Values.secrets.{_value(name)} }}}}"

    def launcher(self) -> Mapping[str, str]:
        """No pods are rendered."""
        return {}


def chart(platform: Platform) -> dict[str, Any]:
    """The chart's files by their paths: what stands in each, as objects, or as text where it is a template that is no object."""
    specs = {spec.name: spec for spec in platform.services_in_pods()}
    own_images = {_value(spec.name): spec.image for spec in specs.values() if spec.image}
    sites = {name: ChartSite(spec, specs) for name, spec in specs.items()}
    templates: dict[str, Any] = {}
    for name, spec in specs.items():
        workload = _workload(platform, spec, sites[name])
        manifests = [variables_secret(workload), *([_service(workload)] if workload.ports else []), deployment(workload)]
        templates[f"templates/{workload.object_name}.yaml"] = [_unbound(manifest) for manifest in manifests]
    secrets = sorted({_value(secret) for site in sites.values() for secret in site.secrets})
    named = {
        "apiVersion": "v2",
        "name": f"ringmaster-{platform.name}",
        "version": "0.1.0",
        "description": f"The services of {platform.name}",
    }
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "services"}, "automountServiceAccountToken": False}
    return {
        "Chart.yaml": named,
        "values.yaml": {"images": {"services": "", "packages": "", **own_images}, "secrets": dict.fromkeys(secrets, "")},
        "templates/accounts.yaml": [account],
        "templates/required.yaml": "".join(_required(f".Values.secrets.{name}") for name in secrets) + _required(".Values.images.services"),
        **templates,
    }


def _workload(platform: Platform, spec: ServiceSpec, site: ChartSite) -> Workload:
    variables = {**BASIC_VARIABLES, "READY_FILE": READY_FILE, **platform.variables(), **spec.variables(site)}
    image = f".Values.images.{_value(spec.name) if spec.image else 'packages' if spec.packages else 'services'}"
    return Workload(
        name=spec.name,
        namespace=RELEASE,
        image=f"{{{{ {image} }}}}",
        runs=None if spec.image else spec.runs,
        user=WITHOUT_RIGHTS,
        group=WITHOUT_RIGHTS,
        labels={"app.kubernetes.io/name": dns_name(spec.name), "app.kubernetes.io/part-of": f"ringmaster-{platform.name}"},
        variables=json.dumps(variables),
        ports=ports_of(spec),
        ready_port=site.port(spec.ready_port) if spec.ready_port else None,
        ready_seconds=max(READY_SECONDS, spec.ready_seconds),
        resources=spec.resources,
        mounts=frozenset(site.folders),
        on_nodes=False,
    )


def _service(workload: Workload) -> Manifest:
    ports = [{"name": dns_name(port, 15), "port": number, "targetPort": number} for port, number in workload.ports.items()]
    metadata = {"name": workload.object_name, "namespace": workload.namespace, "labels": dict(workload.labels)}
    return {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": {"selector": dict(workload.labels), "ports": ports}}


def _unbound(manifest: Manifest) -> Manifest:
    """Without a namespace, which helm gives."""
    metadata = {name: value for name, value in manifest["metadata"].items() if name != "namespace"}
    return {**manifest, "metadata": metadata}


def _required(value: str) -> str:
    return f'{{{{- required "set {value.removeprefix(".Values.")}" {value} | trunc 0 }}}}\n'


def _value(name: str) -> str:
    return re.sub(r"[^a-zA-Z0-9]", "_", name)
