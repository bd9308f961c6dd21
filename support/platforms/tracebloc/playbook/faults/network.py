"""Disturbing the network between services of the platform. It is whole again when the scenario ends, however it ends."""

from environments.substrate import NetworkFaults
from support.platforms.tracebloc.playbook.faults.services import of_environment
from support.platforms.tracebloc.scene import Scene

SHARED = {
    "the backend": "backend",
    "the Service Bus": "service_bus",
    "the object store": "object_store",
    "the averaging service": "averaging_service",
}
OF_ENVIRONMENTS = {
    "the requests-proxy": "requests_proxy",
    "the jobs-manager": "jobs_manager",
    "the pods-monitor": "pods_monitor",
    "the resource-monitor": "resource_monitor",
}
"""Of the scenario's last secure environment."""


def faults(scene: Scene) -> NetworkFaults:
    """What the scenario does to the network; all of it is over when the scenario ends."""
    made = scene.substrate.network_faults()
    scene.at_the_end(made.heal)
    return made


def service(scene: Scene, name: str) -> str:
    """A service by the name that scenarios call it by; raises LookupError for an unknown one."""
    if name in OF_ENVIRONMENTS:
        return of_environment(scene, OF_ENVIRONMENTS[name])
    if name not in SHARED:
        raise LookupError(f"there is no service '{name}'; there are: {', '.join([*SHARED, *OF_ENVIRONMENTS])}")
    return SHARED[name]
