"""What one scenario has of the observatory."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx

from environments.platforms.observatory.contracts import is_uuid
from environments.platforms.observatory.services import postgres_url, rabbitmq_url
from environments.services import ServiceSpec
from environments.substrate import Cluster, Faults, Substrate
from support.names import Names
from support.platforms.observatory.clients.broker import Broker
from support.platforms.observatory.clients.http import Gateway, HttpService, ReadModel
from support.platforms.observatory.clients.store import Store
from support.story import Story


@dataclass
class Submission:
    """A job that was submitted, and the gateway's answer."""

    job: dict[str, Any]
    answer: httpx.Response
    answered: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def id(self) -> str:
        """The job's id."""
        return str(self.job["id"])


@dataclass
class Scene:
    """See `environments.platform.Scene`."""

    folder: Path
    substrate: Substrate
    gateway: Gateway
    read_model: ReadModel
    processor: HttpService
    broker: Broker
    store: Store
    with_own_parts: Callable[[Sequence[ServiceSpec]], Sequence[ServiceSpec]]
    """Puts the project's own services, as far as they are given, in the place of the reference ones."""
    names: Names = field(default_factory=Names)
    story: Story = field(default_factory=Story)
    submissions: list[Submission] = field(default_factory=list)
    told: list[dict[str, Any]] = field(default_factory=list)
    """Events that the scenario told itself."""
    at_the_end: list[Callable[[], None]] = field(default_factory=list)

    @cached_property
    def kind(self) -> str:
        """A kind of job that no other scenario submits."""
        return self.names.unique("kind")

    @property
    def latest(self) -> Submission:
        """The job that was submitted last."""
        return self.submissions[-1]

    def keep_jobs(self, kept: Sequence[tuple[str, str, datetime]]) -> None:
        """Put completed jobs into the store, as id, kind and when each was made; they are gone after the scenario."""
        self.at_the_end.append(lambda: self.store.remove([job for job, _, _ in kept]))
        self.store.keep(kept)

    def note(self, job: dict[str, Any]) -> None:
        """Take a job that was not submitted for the latest one."""
        self.submissions.append(Submission(job, httpx.Response(HTTPStatus.ACCEPTED)))

    def services(self) -> list[str]:
        """The services whose logs belong to the evidence of a failure."""
        return self.substrate.services()

    def clusters(self) -> Mapping[str, Cluster]:
        """What runs pods: nothing does."""
        return {}

    def collect_evidence(self) -> Mapping[str, Callable[[], object]]:
        """What else to look at after a failure."""
        return {"the latest events": self.read_model.events, "the counters": self.read_model.stats}

    def named_in_logs(self) -> Mapping[str, Collection[str]]:
        """Its jobs."""
        # a job may be wrong on purpose
        jobs = {job for submission in self.submissions if isinstance(job := submission.job.get("id"), str) and is_uuid(job)}
        return {"processor": jobs, "metrics_engine": jobs}

    def faults(self, service: str) -> Faults:
        """What can be done to a service, which is undone at the end of the scenario."""
        faults = self.substrate.faults(service.replace("-", "_"))
        self.at_the_end += [faults.start, faults.resume]
        return faults

    def close(self) -> None:
        """Give back everything that the scenario had."""
        try:
            for undo in reversed(self.at_the_end):
                undo()
        finally:
            for client in (self.gateway, self.read_model, self.processor):
                client.close()


def new_scene(substrate: Substrate, folder: Path, with_own_parts: Callable[[Sequence[ServiceSpec]], Sequence[ServiceSpec]]) -> Scene:
    """A scene on the running platform, of which some services may be the project's own."""
    return Scene(
        folder,
        substrate,
        Gateway(substrate.address("gateway").url, "gateway"),
        ReadModel(substrate.address("read_model").url, "read_model"),
        HttpService(substrate.address("processor").url, "processor"),
        Broker(rabbitmq_url(substrate)),
        Store(postgres_url(substrate)),
        with_own_parts,
    )
