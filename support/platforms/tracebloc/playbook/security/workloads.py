"""Looking at the Jobs of a secure environment. Source: tracebloc client chart 1.9.62, docs/SECURITY.md (labels, names)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hamcrest import has_length

from environments.errors import SubstrateError
from environments.platforms.tracebloc.edge.secure_environment import SecureEnvironment
from environments.platforms.tracebloc.messaging.messages import DatasetTable, TrainCycle, TrainingPlan, experiments_queue
from environments.substrate import PodState
from support.platforms.tracebloc.scene import Scene
from support.platforms.tracebloc.workload import Workload
from support.waiting import eventually

JOB_NAME = "job-name"
"""The label by which a cluster says which Job a pod belongs to; a process has its Job's name."""


@dataclass(frozen=True)
class Inspected:
    """What the owner looks at, each by what it is for."""

    workloads: Mapping[str, Workload]


def inspect_training_job(scene: Scene) -> None:
    """Look at the Job of the last training in the last secure environment."""
    client = scene.environments[-1].client
    pod = _training_pod(scene, client)
    scene.keep(Inspected({"training": _job_of(client, pod)}))


def inspect_training_pod(scene: Scene) -> None:
    """Look at that training's pod as the cluster runs it."""
    client = scene.environments[-1].client
    scene.keep(Inspected({"training": Workload(client.cluster.pod_manifest(_training_pod(scene, client).name))}))


def inspect_ingestion_jobs(scene: Scene) -> None:
    """Look at the Jobs of all ingestions into the last secure environment."""
    client = scene.environments[-1].client
    pods = client.cluster.pods({"tracebloc.io/workload": "ingestion"})
    scene.keep(Inspected({pod.name: _job_of(client, pod) for pod in pods}))


def inspect_platform_pods(scene: Scene) -> None:
    """Look at the pods of the platform's central services as the cluster runs them."""
    with scene.story.part("the pods of the platform are looked at") as part:
        pods = [pod for of_service in scene.substrate.own_pods.of_services().values() for pod in of_service]
        part.detail = ", ".join(sorted(pod["metadata"]["name"] for pod in pods)) or "there are none"
    scene.keep(Inspected({pod["metadata"]["name"]: Workload(pod) for pod in pods}))


def inspect_jobs_for_tasks(scene: Scene, tasks: Iterable[str]) -> None:
    """Put one cycle of each task on the last environment's queue, and look at the Jobs that the client makes of them."""
    environment = scene.environments[-1]
    works = {task: _cycle(scene, environment.client_id, task.replace(" ", "_")) for task in tasks}
    with scene.story.part(f"{len(works)} cycles are put on the queue of {environment.client_id}"):
        for work in works.values():
            scene.service_bus.send(experiments_queue(environment.client_id), work.model_dump_json(), work.experiment_key)
    scene.keep(Inspected({task: _wait_for_job(environment.client, work.experiment_key) for task, work in works.items()}))


def _wait_for_job(client: SecureEnvironment, experiment_key: str) -> Workload:
    labels = {"tracebloc.io/experiment": experiment_key}
    (pod,) = eventually(f"the job of {experiment_key}", lambda: client.cluster.pods(labels), has_length(1))
    return eventually(
        f"the job {pod.name} to be there to look at", lambda: _job_of(client, pod), lambda _: True, passing_errors=(SubstrateError,)
    )


def _training_pod(scene: Scene, client: SecureEnvironment) -> PodState:
    labels = {"tracebloc.io/experiment": scene.trainings[-1].experiment_key, "tracebloc.io/kind": "train"}
    # an attempt that was lost may have come before
    *_, pod = client.cluster.pods(labels)
    return pod


def _job_of(client: SecureEnvironment, pod: PodState) -> Workload:
    return Workload(client.cluster.job(pod.labels.get(JOB_NAME, pod.name)))


def _cycle(scene: Scene, client_id: str, category: str) -> TrainCycle:
    plan = TrainingPlan(epochs=1, batch_size=1, optimizer="adam", learning_rate=0.1, loss_function="crossentropy", validation_split=0.2)
    dataset = DatasetTable(table="none", ingestor_id="none", intent="train", features=["x"], classes=["a", "b"])
    return TrainCycle(
        experiment_key=scene.names.unique(category),
        cycle=1,
        framework="pytorch",
        category=category,
        model_key=f"models/{scene.names.unique('model')}/model.py",
        dataset=dataset,
        plan=plan,
        participants=[client_id],
    )
