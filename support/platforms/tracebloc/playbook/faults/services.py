"""Ending, freezing and starting services of the platform. All of them run again when the scenario ends, however it ends."""

from environments.platforms.tracebloc.edge.secure_environment import CLIENT_SERVICES
from environments.platforms.tracebloc.services import OBJECTS
from support.platforms.tracebloc.scene import Scene

KEPT_IN = {"object_store": OBJECTS.name}
"""The volumes that scenarios can fill up."""


def kill(scene: Scene, service: str) -> None:
    """End a service without warning."""
    faults = scene.substrate.faults(service)
    with scene.story.part(f"{service} is killed"):
        scene.at_the_end(faults.start)
        faults.kill()


def stop(scene: Scene, service: str) -> None:
    """End a service in order."""
    faults = scene.substrate.faults(service)
    with scene.story.part(f"{service} is stopped"):
        scene.at_the_end(faults.start)
        faults.stop()


def start(scene: Scene, service: str) -> None:
    """Start a service that was ended, as it was, and wait until it is ready."""
    with scene.story.part(f"{service} is started again"):
        scene.substrate.faults(service).start()


def pause(scene: Scene, service: str) -> None:
    """Freeze a service."""
    faults = scene.substrate.faults(service)
    with scene.story.part(f"{service} is frozen"):
        scene.at_the_end(faults.resume)
        faults.pause()


def resume(scene: Scene, service: str) -> None:
    """Let a frozen service run on."""
    with scene.story.part(f"{service} runs on"):
        scene.substrate.faults(service).resume()


def fill(scene: Scene, service: str) -> None:
    """Leave a service no room for what it keeps."""
    faults = scene.substrate.disk_faults()
    with scene.story.part(f"{service} is full"):
        scene.at_the_end(faults.heal)
        faults.fill(service, KEPT_IN[service])


def make_room(scene: Scene, service: str) -> None:
    """Give it room again."""
    with scene.story.part(f"{service} has room again"):
        scene.substrate.disk_faults().heal()


def named(scene: Scene, words: str) -> str:
    """The name of a service that a sentence speaks of, such as `object store`; the jobs-manager is the last secure environment's."""
    name = words.replace(" ", "_").replace("-", "_")
    return of_environment(scene, name) if name in CLIENT_SERVICES else name


def of_environment(scene: Scene, service: str) -> str:
    """The name of a service of the scenario's last secure environment."""
    return f"{service}-{scene.environments[-1].client_id}"
