"""What a cluster does to training pods, and what the owner reads of it. The cluster is whole again when the scenario ends."""

import json
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from hamcrest import has_length

from environments.platforms.tracebloc.stores.mariadb import PORT as SQL
from environments.services import Address
from environments.substrate import ClusterFaults, PodState
from support.platforms.tracebloc.playbook.training import experiments
from support.platforms.tracebloc.scene import Scene
from support.waiting import eventually

API_SERVER = Address("kubernetes.default.svc", 443)
METADATA = Address("169.254.169.254", 80)
"""Where clouds tell machines who they are. Source: AWS, Azure and Google Cloud."""
LOOK = """
import json, socket, sys
def why(host, port):
    try:
        socket.create_connection((host, port), 3).close()
    except OSError as error:
        return str(error) or type(error).__name__
    return ""
for name, (host, port) in json.loads(sys.argv[1]).items():
    print(name, why(host, port), sep=": ")
"""


def faults(scene: Scene) -> ClusterFaults:
    """What the cluster can do to the pods of the last secure environment; all of it is over when the scenario ends."""
    made = scene.environments[-1].client.cluster.faults()
    scene.at_the_end(made.heal)
    return made


def running_pod(scene: Scene) -> PodState:
    """The training pod of the last secure environment, once it runs."""
    pods = eventually("a training pod that runs", lambda: _pods(scene, "Running"), has_length(1))
    return pods[0]


def reasons(scene: Scene) -> list[str]:
    """What the platform shows of why the training pods of the last experiment ended or wait."""
    return [str(pod["reason"]) for pod in experiments.experiment(scene.trainings[-1])["pods"] if pod["reason"]]


def doors(scene: Scene) -> Mapping[str, Callable[[], Address]]:
    """What a training pod of the last secure environment may try to reach, by the words of sentences."""
    own, other = scene.environments[-1], scene.environments[0]
    return {
        "its requests-proxy": lambda: _address(own.client.requests_proxy_url),
        "its database": lambda: scene.substrate.address("mariadb", SQL),
        "its jobs-manager": lambda: _address(own.client.jobs_manager_url),
        "the backend": lambda: scene.substrate.address("backend"),
        "the control plane": lambda: API_SERVER,
        "the metadata address": lambda: METADATA,
        "the requests-proxy of the other secure environment": lambda: _address(other.client.requests_proxy_url),
        "the jobs-manager of the other secure environment": lambda: _address(other.client.jobs_manager_url),
    }


def reached(scene: Scene, words: list[str]) -> dict[str, str]:
    """Why a training pod that runs in the last secure environment cannot reach something, empty where it can; by the words of sentences."""
    known = doors(scene)
    addresses = {name: known[name]() for name in words}
    with scene.story.part("a training pod tries to reach " + ", ".join(words)) as part:
        pod = running_pod(scene)
        given = json.dumps({name: (address.host, address.port) for name, address in addresses.items()})
        told = scene.environments[-1].client.cluster.execute(pod.name, ("python3", "-c", LOOK, given))
        part.detail = told
    return {name: why for name, _, why in (line.partition(": ") for line in told.splitlines())}


def _pods(scene: Scene, phase: str) -> list[PodState]:
    labels = {"tracebloc.io/experiment": scene.trainings[-1].experiment_key, "tracebloc.io/kind": "train"}
    return [pod for pod in scene.environments[-1].client.cluster.pods(labels) if pod.phase == phase]


def _address(url: str) -> Address:
    parts = urlsplit(url)
    return Address(str(parts.hostname), int(parts.port or 80))
