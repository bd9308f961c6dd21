"""Looking around in a training pod while it runs: what its processes can do, whatever its manifest says."""

from collections.abc import Mapping
from dataclasses import dataclass

from hamcrest import has_item

from environments.substrate import Cluster
from support.platforms.tracebloc.scene import Scene
from support.waiting import eventually

TOKENS = "/var/run/secrets/kubernetes.io"
PROBE = "ringmaster-was-here"
INTERFACES = "/proc/net/dev"
MEMORY = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
"""Source: Linux, control groups version 2 and 1."""


@dataclass(frozen=True)
class PodInside:
    """What was seen within a pod."""

    pod: str
    status: Mapping[str, str]
    """Of its first process, as /proc/1/status has it."""
    tokens: str
    """What listing the place of the cluster's tokens says."""
    writing: Mapping[str, str]
    """What trying to write a file says, by the folder."""
    mounts: Mapping[str, str]
    """Where something is mounted, with its options."""
    interfaces: tuple[str, ...]
    """Of its network."""
    memory: int
    """The most bytes that it may have; 0 without a limit."""


def look_around(scene: Scene, folders: tuple[str, ...]) -> None:
    """Look around in the training pod of the last secure environment as soon as it runs, and try to write to some folders."""
    cluster, labels = scene.environments[-1].client.cluster, {"tracebloc.io/experiment": scene.trainings[-1].experiment_key}
    with scene.story.part("the owner looks around in the training pod"):
        eventually("a training pod that runs", lambda: [pod.phase for pod in cluster.pods(labels)], has_item("Running"))
        pod = next(pod.name for pod in cluster.pods(labels) if pod.phase == "Running")
        scene.keep(look(cluster, pod, folders))


def look(cluster: Cluster, pod: str, folders: tuple[str, ...]) -> PodInside:
    """What is seen within a pod that runs, and what trying to write to some folders says."""
    lines = cluster.execute(pod, ("cat", "/proc/1/status")).splitlines()
    mounted = [line.split(" ") for line in cluster.execute(pod, ("cat", "/proc/1/mounts")).splitlines()]
    return PodInside(
        pod=pod,
        status={name: value.strip() for name, _, value in (line.partition(":") for line in lines)},
        tokens=cluster.execute(pod, ("ls", TOKENS)),
        writing={folder: cluster.execute(pod, ("touch", f"{folder}/{PROBE}")) for folder in folders},
        mounts={fields[1]: fields[3] for fields in mounted if len(fields) > 3},
        interfaces=tuple(line.partition(":")[0].strip() for line in cluster.execute(pod, ("cat", INTERFACES)).splitlines()[2:]),
        memory=next((int(said) for path in MEMORY if (said := cluster.execute(pod, ("cat", path)).strip()).isdecimal()), 0),
    )
