"""Each event is counted once and kept once, however often it is told. Source: the project's metrics engine, without its known defects."""

import json
import logging
import threading
from collections.abc import Callable
from typing import Any

import redis
from pika.adapters.blocking_connection import BlockingChannel
from pymongo import MongoClient
from pymongo.errors import PyMongoError
from redis.backoff import NoBackoff
from redis.retry import Retry

from environments.platforms.observatory import broker, messages
from environments.platforms.observatory.contracts import event_problems
from environments.platforms.observatory.metrics_engine.settings import Settings
from environments.platforms.observatory.queues import DEAD_LETTERS
from environments.platforms.observatory.sabotages import Sabotage
from environments.reference_services.defects import is_on

log = logging.getLogger("metrics-engine")

SERVICE = "metrics-engine"
RETRY_SECONDS = 0.2
STORE_MILLISECONDS = 2000
# the client's usual three retries would keep whoever waits four times as long
ONCE = Retry(NoBackoff(), 0)
ENVELOPE_LEFT = ("eventId", "eventType", "occurredAt", "payload")
LOST_WITH = (Sabotage.EVENT_LOST_WHILE_CACHE_IS_AWAY, Sabotage.EVENT_LOST_WHILE_EVENT_STORE_IS_AWAY)
DATABASE, COLLECTION = "observatory", "job_events"
COUNTERS = {"job.completed": "completed", "job.failed": "failed"}

# in one go, so that a cache that breaks off neither loses an event nor counts it twice
COUNT = """
if redis.call('SADD', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('SET', KEYS[2], ARGV[2])
for index = 3, #KEYS do redis.call('INCR', KEYS[index]) end
return 1
"""
COUNTED, LAST_EVENT_TIME = "metrics:events:counted", "metrics:last_event_time"


def counter(name: str) -> str:
    """The key of a counter. Source: the project's metrics engine."""
    return f"metrics:jobs:{name}"


class Counting:
    """Takes events in."""

    def __init__(self, settings: Settings, stopping: threading.Event) -> None:
        host, _, port = settings.redis_url.rpartition(":")
        self._cache = redis.Redis(host, int(port), retry=ONCE, socket_timeout=2, socket_connect_timeout=2)
        self._count = self._cache.register_script(COUNT)
        options: dict[str, Any] = dict.fromkeys(("serverSelectionTimeoutMS", "connectTimeoutMS", "socketTimeoutMS"), STORE_MILLISECONDS)
        self._events = MongoClient(settings.mongo_url.get_secret_value(), **options)[DATABASE][COLLECTION]
        self._contracts = settings.contracts_path
        self._stopping = stopping

    def take(self, channel: BlockingChannel, body: bytes) -> None:
        """Work on one message; it may be anything."""
        try:
            event = json.loads(body)
        except (ValueError, RecursionError) as error:
            if is_on(Sabotage.POISON_BLOCKS_THE_METRICS_ENGINE):
                raise broker.BrokerAway("given back") from error
            self._reject(channel, body.decode("utf-8", "replace"), f"not JSON: {error}")
            return
        found = event_problems(event, self._contracts)
        if found:
            self._reject(channel, event, "; ".join(f"{path}: {message}" for path, message in found))
            return
        self._persistently(channel, lambda: self._note(event))
        self._persistently(channel, lambda: self._keep(event))
        log.info("[%s] %s of job %s taken in", event["correlationId"], event["eventType"], event["payload"]["id"])

    def _note(self, event: dict[str, Any]) -> None:
        names = [COUNTERS[event["eventType"]], "total"] if event["eventType"] in COUNTERS else []
        if is_on(Sabotage.FAILED_COUNTED_AS_COMPLETED):
            names = ["completed" if name == "failed" else name for name in names]
        if is_on(Sabotage.EVENT_NOT_COUNTED):
            names = []
        last = "metrics:last" if is_on(Sabotage.TIME_OF_LAST_EVENT_FORGOTTEN) else LAST_EVENT_TIME
        known_by = messages.now() if is_on(Sabotage.DUPLICATE_EVENT_COUNTED_TWICE) else event["eventId"]
        self._count(keys=[COUNTED, last, *(counter(name) for name in names)], args=[known_by, messages.now()])

    def _keep(self, event: dict[str, Any]) -> None:
        kept = {name: event[name] for name in ENVELOPE_LEFT} if is_on(Sabotage.EVENTS_WITHOUT_ENVELOPE) else event
        self._events.update_one({"eventId": event["eventId"]}, {"$setOnInsert": kept}, upsert=True)

    def _persistently(self, channel: BlockingChannel, act: Callable[[], None]) -> None:
        """A store that is away is waited for, with the event in hand: nobody else could keep it either."""
        while not self._stopping.is_set():
            try:
                act()
                return
            except (redis.RedisError, PyMongoError) as error:
                of_events = isinstance(error, PyMongoError)
                log.warning("the %s does not answer: %s", "event store" if of_events else "cache", type(error).__name__)
                if is_on(LOST_WITH[of_events]):
                    return
                channel.connection.sleep(RETRY_SECONDS)
        raise broker.BrokerAway("the metrics engine ends; its event goes back to the broker")

    def _reject(self, channel: BlockingChannel, original: object, problem: str) -> None:
        letter = messages.dead_letter(original, problem, SERVICE)
        log.warning("[%s] rejected: %s", letter["correlation_id"], problem)
        broker.publish(channel, DEAD_LETTERS, letter)
