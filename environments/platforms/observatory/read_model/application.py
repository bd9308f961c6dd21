"""The read model's HTTP interface. Source: the project's read model, without its known defects."""

from typing import Any

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from prometheus_client import CollectorRegistry, Counter

from environments.platforms.observatory import web
from environments.platforms.observatory.read_model.queries import Cache, Events, Store
from environments.platforms.observatory.read_model.settings import Settings
from environments.platforms.observatory.sabotages import Sabotage
from environments.reference_services.defects import is_on

MOST_JOBS, MOST_EVENTS = 10, 50


class ReadModel:
    """Answers queries from what the other services have kept."""

    def __init__(self, settings: Settings) -> None:
        self._store, self._cache = Store(settings.postgres_url.get_secret_value()), Cache(settings.redis_url)
        self._events = Events(settings.mongo_url.get_secret_value())
        self.registry = CollectorRegistry()
        self._answered = Counter("read_model_queries", "Queries that were answered", ["query", "service"], registry=self.registry)

    def probe(self) -> None:
        """Raise web.Unavailable while something that it reads does not answer."""
        if is_on(Sabotage.READ_MODEL_ALWAYS_READY):
            return
        for source in (self._store, self._cache, self._events):
            source.probe()

    def health(self) -> dict[str, str]:
        """That it runs, whatever becomes of what it reads."""
        if is_on(Sabotage.HEALTH_HANGS_WITH_THE_EVENT_STORE):
            self._events.probe()
        return web.alive()

    def stats(self) -> dict[str, Any]:
        """How many jobs were completed and failed."""
        found = self._cache.stats()
        self._count("stats")
        return found

    def recent(self) -> list[dict[str, Any]]:
        """The latest jobs, the latest first."""
        found = self._store.recent(1000 if is_on(Sabotage.RECENT_JOBS_UNLIMITED) else MOST_JOBS)
        self._count("jobs")
        return found

    def of_job(self, jobId: str = "") -> list[dict[str, Any]] | None:
        """The latest events, the latest first: all of them, or one job's."""
        found = self._events.latest(jobId, 1000 if is_on(Sabotage.EVENTS_UNLIMITED) else MOST_EVENTS)
        self._count("events")
        return None if not found and is_on(Sabotage.EMPTY_IS_NULL) else found

    def _count(self, query: str) -> None:
        if not is_on(Sabotage.READ_MODEL_COUNTS_NOTHING):
            self._answered.labels(query, "read-model").inc()


def make(settings: Settings) -> FastAPI:
    """The read model's application."""
    model = ReadModel(settings)
    app = web.application("Read Model API", model.registry, model.probe)
    if not is_on(Sabotage.PAGES_OF_OTHERS_SHUT_OUT):
        app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["GET", "OPTIONS"], allow_headers=["Content-Type"])
    app.get("/health")(model.health)
    app.get("/stats")(model.stats)
    app.get("/jobs/recent")(model.recent)
    app.get("/events")(model.of_job)
    return app
