"""The counters of jobs, and how much they grew."""

from collections.abc import Mapping
from typing import Any

import httpx
from hamcrest import equal_to, greater_than_or_equal_to
from hamcrest.core.matcher import Matcher

from environments.platforms.observatory.messages import JOBS_COMPLETED, JOBS_CREATED
from support.platforms.observatory.clients import broker, store
from support.platforms.observatory.scene import Scene
from support.waiting import eventually

NAMES = ("totalJobs", "completedJobs", "failedJobs")


PASSING = (*broker.PASSING, *store.PASSING)


def settled(scene: Scene) -> Mapping[str, Any]:
    """The counters, once no job is under way that somebody submitted before and did not wait for. Raises NeverHappened."""

    def under_way() -> dict[str, int]:
        # in the order in which a job comes through them
        created, unfinished = scene.broker.depth(JOBS_CREATED), scene.store.unfinished()
        return {JOBS_CREATED: created, "unfinished": unfinished, JOBS_COMPLETED: scene.broker.depth(JOBS_COMPLETED)}

    eventually("jobs of earlier scenarios to be done", under_way, lambda found: not any(found.values()), 20.0, PASSING)
    return scene.read_model.stats()


def grew_by(scene: Scene, noted: Mapping[str, Any], within: float = 15.0, **wanted: int | Matcher[int]) -> None:
    """Wait until counters grew by just so much since they were noted. Raises NeverHappened."""

    def grown() -> dict[str, int]:
        now = scene.read_model.stats()
        return {name: now[name] - noted[name] for name in wanted}

    def enough(found: dict[str, int]) -> bool:
        return all(each.matches(found[name]) if isinstance(each, Matcher) else found[name] == each for name, each in wanted.items())

    enough.__doc__ = str({name: str(each) for name, each in wanted.items()})
    eventually("the counters to grow", grown, enough, within, (httpx.HTTPError,))


def at_least(number: int) -> Matcher[int]:
    """A counter that other scenarios may have moved, too."""
    matcher: Matcher[int] = greater_than_or_equal_to(number)
    return matcher


def sampled(scene: Scene, number: int) -> None:
    """Wait until the gateway's sample for this scenario's kind of job is just this. Raises NeverHappened."""
    wanted = {"type": scene.kind}
    eventually(
        f"the gateway to have counted {number} of {scene.kind}",
        lambda: scene.gateway.sample("gateway_jobs_submitted_total", wanted),
        equal_to(number),
        5.0,
    )
