"""What goes wrong with participants, and the owner's rule for their rounds."""

from collections.abc import Callable

from hamcrest import not_none

from support.platforms.tracebloc.clients.backend import Refused
from support.platforms.tracebloc.clients.proxied_stub import Job
from support.platforms.tracebloc.scene import Scene
from support.waiting import eventually


def set_rounds(scene: Scene, deadline_seconds: float, quorum: float) -> None:
    """The owner says when a cycle goes on without whoever is missing, and what share of the participants it needs then."""
    with scene.story.part("the owner sets the rule of the rounds") as part:
        part.detail = f"{deadline_seconds:g} s, quorum {quorum:g}"
        rounds = {"deadline_seconds": deadline_seconds, "quorum": quorum}
        scene.use_case.owner.backend.change_use_case(scene.use_case.key, rounds=rounds)


def refusal_of(act: Callable[[], object]) -> Refused | None:
    """What an act was refused with; None when it was not."""
    try:
        act()
    except Refused as refused:
        return refused
    return None


def wait_for_refusal(job: Job) -> Refused | None:
    """Wait until a job is refused whatever it asks; returns the refusal."""
    return eventually("the job's token to expire", lambda: refusal_of(job.requests_proxy.work), not_none(), within=5)


def diverged(weights: bytes) -> bytes:
    """The same weights (safetensors) with NaN in one place, as after a training that diverged."""
    from safetensors.numpy import load, save

    tensors = load(weights)
    next(iter(tensors.values())).flat[0] = float("nan")
    return save(tensors)
