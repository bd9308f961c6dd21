"""What compose and Kubernetes run: services, images, versions, variables and ports, compared both ways.

Source: odd-demonstration, invariant I7. Its own check looks for parts of names, one way only, and never at versions or variables.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

HIDDEN = "secret "
COMPOSE, KUBERNETES = "compose", "Kubernetes"
WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet")
# the innermost first, since a default may be a variable, too
DEFAULT = re.compile(r"\$\{[A-Z0-9_]+:-([^${}]*)\}")
SECRETS = re.compile(r"\$\{(SECRET_[A-Z0-9_]+)(?::\?[^}]*)?\}|\$\((SECRET_[A-Z0-9_]+)\)|\{\{ \.Values\.secrets\.(\w+) \}\}")
ADDRESS = re.compile(r"\b([a-z][a-z0-9-]*):(\d+)\b")
IMAGE_VALUE = re.compile(r"\{\{ \.Values\.images\.(\w+) \}\}")
OF_EVERY_CONTAINER = ("HOME", "TMPDIR", "LANG", "READY_FILE")
"""Where a container may write, and its language: each way to run it gives these by itself."""


@dataclass(frozen=True)
class Deployed:
    """One service, wherever it runs."""

    image: str
    version: str
    variables: Mapping[str, str]
    ports: frozenset[int]


Deployment = Mapping[str, Deployed]
EXAMPLES = Path(__file__).parent / "examples" / "parity"
"""Of our own: a compose file and Kubernetes objects that run the same, written as differently as people write them."""


def read_compose(text: str) -> Deployment:
    """The services of a compose file, with the defaults of its variables; raises yaml.YAMLError."""
    found = {}
    for name, service in yaml.safe_load(text)["services"].items():
        given = service.get("environment") or {}
        variables = given if isinstance(given, dict) else dict(each.split("=", 1) for each in given)
        ports = frozenset(int(str(port).rpartition(":")[2].partition("/")[0]) for port in service.get("ports", ()))
        found[_canonical(name)] = _deployed(str(service["image"]), variables, ports)
    return found


def read_kubernetes(text: str) -> Deployment:
    """The workloads of Kubernetes manifests; raises yaml.YAMLError."""
    found = {}
    for manifest in yaml.safe_load_all(text):
        if manifest and manifest["kind"] in WORKLOADS:
            container = manifest["spec"]["template"]["spec"]["containers"][0]
            # what only brings secrets in is no variable of the service
            variables = {each["name"]: str(each["value"]) for each in container.get("env", ()) if "value" in each}
            ports = frozenset(int(port["containerPort"]) for port in container.get("ports", ()))
            found[_canonical(manifest["metadata"]["name"])] = _deployed(container["image"], variables, ports)
    return found


def read_chart(folder: Path) -> Deployment:
    """The workloads of a chart that Ringmaster rendered; who installs it gives images and secrets. Raises yaml.YAMLError."""
    found = {}
    for file in sorted((folder / "templates").glob("*.yaml")):
        text = file.read_text(encoding="utf-8")
        objects = {each["kind"]: each for each in yaml.safe_load_all(text) if each} if "apiVersion:" in text else {}
        if "Deployment" in objects:
            container = objects["Deployment"]["spec"]["template"]["spec"]["containers"][0]
            variables = json.loads(objects["Secret"]["stringData"]["variables"])
            ports = frozenset(int(port["containerPort"]) for port in container.get("ports", ()))
            image = IMAGE_VALUE.sub(r"ringmaster-\1:latest", container["image"])
            found[_canonical(objects["Deployment"]["metadata"]["name"])] = _deployed(image, variables, ports)
    return found


def by_names(deployment: Deployment) -> Deployment:
    """The same with ports by their place among the service's own, where the numbers are chosen by whoever runs them."""

    def symbol(name: str, number: str) -> str:
        ports = sorted(deployment[name].ports) if name in deployment else []
        return f"port {ports.index(int(number)) + 1}" if int(number) in ports else number

    def named(name: str, value: str) -> str:
        if value.isdecimal():
            return symbol(name, value)
        return ADDRESS.sub(lambda found: f"{found[1]}:{symbol(found[1], found[2])}", value)

    return {
        name: replace(
            one,
            ports=frozenset(range(1, len(one.ports) + 1)),
            variables={each: named(name, value) for each, value in one.variables.items() if each not in OF_EVERY_CONTAINER},
        )
        for name, one in deployment.items()
    }


def differences(compose: Deployment, kubernetes: Deployment) -> Iterator[str]:
    """Everything that is not the same in both, a sentence each."""
    for name in sorted(compose.keys() | kubernetes.keys()):
        if name not in compose or name not in kubernetes:
            yield f"{name} runs on {COMPOSE if name in compose else KUBERNETES} only"
        else:
            yield from _differences(name, compose[name], kubernetes[name])


def _differences(name: str, here: Deployed, there: Deployed) -> Iterator[str]:
    for what in ("image", "version"):
        one, other = getattr(here, what), getattr(there, what)
        if one != other:
            yield f"{name}: {what} {one} on {COMPOSE}, {other} on {KUBERNETES}"
    for variable in sorted(here.variables.keys() | there.variables.keys()):
        if variable not in here.variables or variable not in there.variables:
            yield f"{name}: {variable} is set on {COMPOSE if variable in here.variables else KUBERNETES} only"
        elif here.variables[variable] != there.variables[variable]:
            yield f"{name}: {variable} is {here.variables[variable]} on {COMPOSE}, {there.variables[variable]} on {KUBERNETES}"
    for port in sorted(here.ports ^ there.ports):
        yield f"{name}: port {port} is open on {COMPOSE if port in here.ports else KUBERNETES} only"


def _deployed(image: str, variables: Mapping[str, object], ports: frozenset[int]) -> Deployed:
    while (shorter := DEFAULT.sub(r"\1", image)) != image:
        image = shorter
    name, _, version = image.rpartition(":") if ":" in image.rpartition("/")[2] else (image, "", "latest")
    values = {variable: SECRETS.sub(_hidden, str(value)) for variable, value in variables.items()}
    return Deployed(name, version, values, ports)


def _hidden(found: re.Match[str]) -> str:
    return HIDDEN + (found[1] or found[2] or f"SECRET_{found[3].upper()}")


def _canonical(name: str) -> str:
    return name.lower().replace("_", "-")


def _with(change: Callable[[Deployed], Deployed], service: str) -> Callable[[Deployment], Deployment]:
    return lambda deployment: {**deployment, service: change(deployment[service])}


def _without(service: str) -> Callable[[Deployment], Deployment]:
    return lambda deployment: {name: one for name, one in deployment.items() if name != service}


def _variables(**changed: str) -> Callable[[Deployed], Deployed]:
    return lambda one: replace(one, variables={**one.variables, **changed})


DRIFTS: Mapping[str, tuple[str, Callable[[Deployment], Deployment]]] = {
    "Kubernetes forgets the read-model": (KUBERNETES, _without("read-model")),
    "compose forgets the redis": (COMPOSE, _without("redis")),
    "compose gets another redis": (COMPOSE, lambda deployment: {**deployment, "redis-2": deployment["redis"]}),
    "Kubernetes runs another version of the gateway": (KUBERNETES, _with(lambda one: replace(one, version="2.0.0"), "gateway")),
    "Kubernetes runs an older event-store": (KUBERNETES, _with(lambda one: replace(one, version="6.0"), "event-store")),
    "compose runs another image of the event-store": (COMPOSE, _with(lambda one: replace(one, image="example/store"), "event-store")),
    "compose tells the metrics-engine of no event store": (
        COMPOSE,
        _with(
            lambda one: replace(one, variables={name: value for name, value in one.variables.items() if name != "MONGO_URL"}),
            "metrics-engine",
        ),
    ),
    "Kubernetes gives the read-model a variable more": (KUBERNETES, _with(_variables(WORKERS="4"), "read-model")),
    "Kubernetes leads the gateway to another broker": (KUBERNETES, _with(_variables(RABBITMQ_URL="amqp://rabbit-2:5672"), "gateway")),
    "Kubernetes opens a port of the gateway more": (
        KUBERNETES,
        _with(lambda one: replace(one, ports=one.ports | {9229}), "gateway"),
    ),
}
"""What can come between the two, in words: where it happens, and what it does."""
