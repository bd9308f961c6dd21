"""The client's public Helm chart, rendered by helm and nothing installed.

Source: tracebloc client chart 1.9.62; helm (`helm template`).
"""

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from environments.errors import PlatformRefused, WrongScenario
from environments.platforms.tracebloc import client_chart
from support.platforms.tracebloc.client_scripts.checkout import CHART

VALUES = Path(client_chart.__file__).parent / "values.e2e.yaml"
RELEASE = "e2e-test"
"""Release and namespace; the chart allows one release a namespace."""
NODE_AGENTS = "tracebloc-node-agents"
LONGEST_RENDERING_SECONDS = 60.0

Object = Mapping[str, Any]


class ChartRefused(PlatformRefused):
    """helm refused to render the chart; the text is its own."""


@dataclass(frozen=True)
class Chart:
    """The objects of a rendered chart."""

    objects: Sequence[Object]

    def of_kind(self, kind: str) -> list[Object]:
        """All objects of a kind."""
        return [thing for thing in self.objects if thing["kind"] == kind]

    def one(self, kind: str, name: str, namespace: str = RELEASE) -> Object:
        """One object; a WrongScenario says which there are when it is not among them."""
        for thing in self.of_kind(kind):
            if thing["metadata"]["name"] == name and thing["metadata"].get("namespace", namespace) == namespace:
                return thing
        known = ", ".join(thing["metadata"]["name"] for thing in self.of_kind(kind))
        raise WrongScenario(f"the chart makes no {kind} {name} in {namespace}; it makes: {known or 'none'}")

    def workloads(self) -> list[Object]:
        """What keeps running: Deployments, DaemonSets and StatefulSets."""
        return [thing for thing in self.objects if thing["kind"] in ("Deployment", "DaemonSet", "StatefulSet")]

    def pull_policies(self) -> dict[str, str]:
        """The pull policy of each container of tracebloc's own that is pulled by a tag, by the container's name."""
        containers = [container for thing in self.workloads() for container in pod_of(thing)["containers"]]
        return {
            container["name"]: container.get("imagePullPolicy", "")
            for container in containers
            if "/tracebloc/" in container["image"] and "@" not in container["image"]
        }


def pod_of(workload: Object) -> Mapping[str, Any]:
    """The specification of a workload's pods."""
    pod: Mapping[str, Any] = workload["spec"]["template"]["spec"]
    return pod


def render(checkout: Path, folder: Path, values: Sequence[Path] = (), settings: Sequence[str] = (), schema: bool = True) -> Chart:
    """The chart of a checkout with our values, those of further files, and single settings (`imageRefresh.enabled=false`).

    Args:
        checkout: of tracebloc/client.
        folder: helm's own files go here.
        values: files that win over ours, the last one most; secrets belong here, where no list of processes shows them.
        settings: such as `env.CLIENT_ENV=stg`; no secrets.
        schema: hold the values to the chart's schema, as helm does unless told otherwise.

    Raises:
        ChartRefused: helm renders nothing.
    """
    command = ["helm", "template", RELEASE, str(checkout / CHART), "--namespace", RELEASE]
    command += [argument for file in (VALUES, *values) for argument in ("--values", str(file))]
    command += [argument for setting in settings for argument in ("--set", setting)]
    command += [] if schema else ["--skip-schema-validation"]
    environment = {"PATH": os.environ.get("PATH", ""), "HOME": str(folder)}
    rendered = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=LONGEST_RENDERING_SECONDS)
    if rendered.returncode != 0:
        raise ChartRefused(rendered.stderr.strip())
    return read(rendered.stdout)


def read(text: str) -> Chart:
    """The objects in what helm printed."""
    # imported here: most runs render no chart
    import yaml

    return Chart([thing for thing in yaml.safe_load_all(text) if thing])
