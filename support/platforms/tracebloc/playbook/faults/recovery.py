"""Killing training pods at a certain moment, and following what the platform does about it."""

from typing import Any

from hamcrest import equal_to, greater_than_or_equal_to, has_entries, has_length

from environments.errors import WrongScenario
from environments.platforms.tracebloc.edge.secure_environment import CLIENT_SERVICES
from environments.substrate import PodState
from support.platforms.tracebloc.playbook.training import experiments
from support.platforms.tracebloc.scene import PLACES, RegisteredEnvironment, Scene, Training
from support.waiting import eventually


def at_place(scene: Scene, place: str) -> RegisteredEnvironment:
    """The first, second or third secure environment of the scenario; a WrongScenario says how many there are."""
    if place not in PLACES[: len(scene.environments)]:
        raise WrongScenario(f"there is no {place} secure environment in this scenario; there are {len(scene.environments)}")
    return scene.environments[PLACES.index(place)]


def wait_until_completed(scene: Scene, training: Training, cycle: int) -> None:
    """Wait until a cycle is completed."""
    with scene.story.part(f"cycle {cycle} is completed"):
        eventually(
            f"cycle {cycle} to be completed", lambda: experiments.cycle_result(training, cycle), has_entries(status="Completed"), within=40
        )


def wait_for_costs(training: Training, jobs: int) -> dict[str, float]:
    """Wait until so many jobs have said what they cost; returns that in PetaFLOPs, by job."""

    def costs() -> dict[str, float]:
        return {pod["name"]: pod["petaflops"] for pod in experiments.experiment(training)["pods"] if pod["petaflops"] is not None}

    return eventually("the costs of the jobs", costs, has_length(greater_than_or_equal_to(jobs)))


def kill_training_pod(scene: Scene, environment: RegisteredEnvironment, cycle: int) -> PodState:
    """Kill the pod that trains a cycle in an environment as soon as its first epoch is seen; returns the pod as it ended."""
    training, client_id = scene.trainings[-1], environment.client_id
    with scene.story.part(f"the training pod of {client_id} is killed in cycle {cycle}") as part:
        seen = eventually(f"an epoch of cycle {cycle}", lambda: _epochs(environment, training, cycle), greater_than_or_equal_to(1))
        (pod,) = _pods(environment, training, cycle)
        environment.client.cluster.delete_pod(pod.name)
        (killed,) = eventually(
            "the end of the pod", lambda: _pods(environment, training, cycle)[:1], lambda pods: pods[0].finished_at is not None
        )
        part.detail = f"{killed.name}, after {seen} of {training.epochs} epochs: {killed.phase}, exit code {killed.exit_code}"
    return killed


def upgrade_client(scene: Scene, environment: RegisteredEnvironment, cycle: int) -> None:
    """End all services of an environment's client and start them anew, as soon as the first epoch of a cycle is seen."""
    training, client_id = scene.trainings[-1], environment.client_id
    faults = [scene.substrate.faults(f"{service}-{client_id}") for service in sorted(CLIENT_SERVICES)]
    with scene.story.part(f"the client of {client_id} is upgraded in cycle {cycle}") as part:
        seen = eventually(f"an epoch of cycle {cycle}", lambda: _epochs(environment, training, cycle), greater_than_or_equal_to(1))
        for service in faults:
            scene.at_the_end(service.start)
            service.stop()
        for service in faults:
            service.start()
        part.detail = f"after {seen} of {training.epochs} epochs"


def _epochs(environment: RegisteredEnvironment, training: Training, cycle: int) -> int:
    results = [result for result in experiments.experiment(training)["cycle_results"] if result["cycle"] == cycle]
    return sum(epoch["client_id"] == environment.client_id for result in results for epoch in result["epochs"])


def _shown(training: Training, pod: str) -> dict[str, Any]:
    return next((dict(each) for each in experiments.experiment(training)["pods"] if each["name"] == pod), {})


def wait_until_shown(training: Training, pod: str, phase: str) -> dict[str, Any]:
    """Wait until the platform shows a pod in a phase; returns what it shows."""
    return eventually(f"the platform to show {pod}", lambda: _shown(training, pod), has_entries(phase=equal_to(phase)))


def attempts(training: Training, cycle: int) -> dict[str, list[int]]:
    """The attempts at a cycle that the platform shows, by Client ID."""
    found: dict[str, list[int]] = {}
    for pod in experiments.experiment(training)["pods"]:
        if pod["cycle"] == cycle:
            found.setdefault(pod["client_id"], []).append(pod["attempt"])
    return {client_id: sorted(numbers) for client_id, numbers in found.items()}


def _pods(environment: RegisteredEnvironment, training: Training, cycle: int) -> list[PodState]:
    labels = {"tracebloc.io/experiment": training.experiment_key, "tracebloc.io/cycle": str(cycle)}
    return environment.client.cluster.pods(labels)
