"""The counters of jobs, and how much they grew."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import httpx
from hamcrest import assert_that, equal_to, greater_than_or_equal_to
from hamcrest.core.matcher import Matcher

from support.platforms.observatory import jobs
from support.platforms.observatory.scene import Scene
from support.waiting import eventually

NAMES = ("totalJobs", "completedJobs", "failedJobs")


def settled(scene: Scene) -> Mapping[str, Any]:
    """The counters, once every job that was submitted before is counted, whoever submitted it. Raises NeverHappened.

    A job of its own comes after them on every queue; each has one consumer, which takes one message at a time and counts an event before
    it is kept. Source: the reference services.
    """
    last = jobs.new(scene, type=scene.names.unique("last"))
    assert_that(scene.gateway.submit(last, None).status_code, equal_to(HTTPStatus.ACCEPTED), "the answer to a job after all others")
    jobs.events(scene, last["id"])
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
