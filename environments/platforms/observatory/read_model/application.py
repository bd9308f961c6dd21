"""The read model's HTTP interface. Source: the project's read model, without its known defects."""

from typing import Any

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from prometheus_client import CollectorRegistry, Counter

from environments.platforms.observatory import web
from environments.platforms.observatory.read_model.queries import Cache, Events, Store
from environments.platforms.observatory.read_model.settings import Settings
from environments.platforms.observatory.sabotages import Sabotage, is_on

MOST_JOBS, MOST_EVENTS = 10, 50


def make(settings: Settings) -> FastAPI:
    """The read model's application."""
    store, cache = Store(settings.postgres_url.get_secret_value()), Cache(settings.redis_url)
    events = Events(settings.mongo_url.get_secret_value())
    registry = CollectorRegistry()
    answered = Counter("read_model_queries", "Queries that were answered", ["query", "service"], registry=registry)

    def count(query: str) -> None:
        if not is_on(Sabotage.READ_MODEL_COUNTS_NOTHING):
            answered.labels(query, "read-model").inc()

    def probe() -> None:
        for source in (store, cache, events):
            source.probe()

    app = web.application("Read Model API", registry, probe)
    if not is_on(Sabotage.PAGES_OF_OTHERS_SHUT_OUT):
        app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["GET", "OPTIONS"], allow_headers=["Content-Type"])

    @app.get("/health")
    def health() -> dict[str, str]:
        """That it runs, whatever becomes of what it reads."""
        if is_on(Sabotage.HEALTH_HANGS_WITH_THE_EVENT_STORE):
            events.probe()
        return web.alive()

    @app.get("/stats")
    def stats() -> dict[str, Any]:
        """How many jobs were completed and failed."""
        found = cache.stats()
        count("stats")
        return found

    @app.get("/jobs/recent")
    def recent() -> list[dict[str, Any]]:
        """The latest jobs, the latest first."""
        found = store.recent(1000 if is_on(Sabotage.RECENT_JOBS_UNLIMITED) else MOST_JOBS)
        count("jobs")
        return found

    @app.get("/events")
    def of_job(jobId: str = "") -> list[dict[str, Any]] | None:
        """The latest events, the latest first: all of them, or one job's."""
        found = events.latest(jobId, 1000 if is_on(Sabotage.EVENTS_UNLIMITED) else MOST_EVENTS)
        count("events")
        return None if not found and is_on(Sabotage.EMPTY_IS_NULL) else found

    return app
