"""One job after the other: each is done once, however often it is told. Source: the project's processor, without its known defects."""

import json
import logging
import threading
import uuid
from collections.abc import Callable
from typing import Any, TypeVar

from pika.adapters.blocking_connection import BlockingChannel
from prometheus_client import CollectorRegistry, Counter, Histogram

from environments.platforms.observatory import broker, messages
from environments.platforms.observatory.contracts import event_problems
from environments.platforms.observatory.processor.settings import Settings
from environments.platforms.observatory.processor.store import Jobs, StoreAway, Unkeepable
from environments.platforms.observatory.queues import DEAD_LETTERS, JOBS_COMPLETED
from environments.platforms.observatory.sabotages import Sabotage
from environments.reference_services.defects import is_on

log = logging.getLogger("processor")

SERVICE = "processor"
RETRY_SECONDS = 0.2

T = TypeVar("T")


class Worker:
    """Does jobs and counts them."""

    def __init__(self, settings: Settings, stopping: threading.Event) -> None:
        self.registry = CollectorRegistry()
        self._jobs = Jobs(settings.postgres_url.get_secret_value())
        self._contracts = settings.contracts_path
        self._work_seconds = settings.work_seconds
        self._stopping = stopping
        self._table = False
        names = ("processed", "completed", "failed", "validation_failed")
        self._counted = {name: Counter(f"processor_jobs_{name}", f"Jobs {name}", ["service"], registry=self.registry) for name in names}
        self._seconds = Histogram("processor_job_processing_seconds", "What jobs took", ["service"], registry=self.registry)

    def take(self, channel: BlockingChannel, body: bytes) -> None:
        """Work on one message; it may be anything."""
        self._count("processed")
        try:
            event = json.loads(body)
        except (ValueError, RecursionError) as error:
            if is_on(Sabotage.UNPARSEABLE_DROPPED):
                return
            if is_on(Sabotage.POISON_BLOCKS):
                raise broker.BrokerAway("given back") from error
            self._reject(channel, body.decode("utf-8", "replace"), f"not JSON: {error}")
            return
        found = [] if is_on(Sabotage.INVALID_EVENT_WORKED_ON) else event_problems(event, self._contracts)
        if found:
            if is_on(Sabotage.POISON_BLOCKS):
                raise broker.BrokerAway("given back")
            self._reject(channel, event, "; ".join(f"{path}: {message}" for path, message in found))
            return
        try:
            with self._seconds.labels(SERVICE).time():
                self._do(channel, event)
        except Unkeepable as error:
            self._count("failed")
            self._reject(channel, event, str(error))

    def _do(self, channel: BlockingChannel, event: dict[str, Any]) -> None:
        job, correlation_id = event["payload"], event["correlationId"]
        self._persistently(channel, self._make_table)
        if self._persistently(channel, lambda: self._jobs.begin(job)) or is_on(Sabotage.DUPLICATES_DONE_TWICE):
            log.info("[%s] job %s begun", correlation_id, job["id"])
            # keeps the connection alive meanwhile
            channel.connection.sleep(self._seconds_of(job))
            self._persistently(channel, lambda: self._jobs.complete(job))
            self._count("completed")
        else:
            log.info("[%s] job %s is done already", correlation_id, job["id"])
        if not is_on(Sabotage.COMPLETION_NOT_TOLD):
            broker.publish(channel, JOBS_COMPLETED, _completion(event))
        log.info("[%s] job %s completed", correlation_id, job["id"])

    def _seconds_of(self, job: dict[str, Any]) -> float:
        """As long as it says, so that a scenario can meet it in the middle. Source: our choice."""
        seconds = job.get("payload", {}).get("seconds")
        return seconds if isinstance(seconds, int | float) and seconds > 0 else self._work_seconds

    def _make_table(self) -> None:
        if not self._table:
            self._jobs.make_table()
            self._table = True

    def _persistently(self, channel: BlockingChannel, act: Callable[[], T]) -> T:
        """A store that is away is waited for, with the job in hand: nobody else could do it either."""
        while not self._stopping.is_set():
            try:
                return act()
            except StoreAway as error:
                log.warning("%s", error)
                if is_on(Sabotage.JOB_LOST_WHILE_STORE_IS_AWAY):
                    raise Unkeepable("the store is away") from error
                channel.connection.sleep(RETRY_SECONDS)
        raise broker.BrokerAway("the processor ends; its job goes back to the broker")

    def _reject(self, channel: BlockingChannel, original: object, problem: str) -> None:
        self._count("validation_failed")
        letter = messages.dead_letter(original, problem, SERVICE)
        log.warning("[%s] rejected: %s", letter["correlation_id"], problem)
        broker.publish(channel, DEAD_LETTERS, letter)

    def _count(self, what: str) -> None:
        if not is_on(Sabotage.PROCESSOR_DOES_NOT_COUNT):
            self._counted[what].labels(SERVICE).inc()


def _completion(created: dict[str, Any]) -> dict[str, Any]:
    status = "PENDING" if is_on(Sabotage.COMPLETED_EVENT_SAYS_PENDING) else "COMPLETED"
    done = {**created["payload"], "status": status, "updatedAt": messages.now()}
    # the same each time it is told, so that nobody counts it twice
    event_id = messages.completion_id(created)
    if is_on(Sabotage.DUPLICATES_DONE_TWICE):
        event_id = str(uuid.uuid4())
    if is_on(Sabotage.COMPLETION_KEEPS_THE_EVENT_ID):
        event_id = created["eventId"]
    return messages.event("job.completed", done, SERVICE, event_id=event_id, correlation_id=created["correlationId"])
