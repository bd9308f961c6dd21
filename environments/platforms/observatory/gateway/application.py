"""The gateway's HTTP interface. Source: the project's gateway, without its known defects."""

import json
import logging
import uuid
from typing import Any

import httpx
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from prometheus_client import CollectorRegistry, Counter
from starlette.concurrency import run_in_threadpool

from environments.network.direct_http import direct_client
from environments.platforms.observatory import broker, web
from environments.platforms.observatory.contracts import JOB, problems
from environments.platforms.observatory.gateway.settings import Settings
from environments.platforms.observatory.messages import event
from environments.platforms.observatory.queues import JOBS_CREATED
from environments.platforms.observatory.sabotages import Sabotage
from environments.reference_services.defects import is_on
from environments.reference_services.server_timing import note_call

log = logging.getLogger("gateway")

SERVICE = "gateway"
PROXY_SECONDS = 5.0
SUBMITTED_LABELS = ["type"] if is_on(Sabotage.METRICS_WITHOUT_SERVICE) else ["type", "service"]


class Rejected(Exception):
    """A job that cannot be taken, with what is wrong, by path."""

    def __init__(self, details: list[tuple[str, str]]) -> None:
        super().__init__(str(details))
        self.details = [{"path": path, "message": message} for path, message in details]


class Intake:
    """Checks jobs and hands them on; counts both."""

    def __init__(self, settings: Settings) -> None:
        self._url = settings.rabbitmq_url.get_secret_value()
        self._contracts = settings.contracts_path
        self.registry = CollectorRegistry()
        self._submitted = Counter("gateway_jobs_submitted", "Jobs that were submitted", SUBMITTED_LABELS, registry=self.registry)
        self._accepted = Counter("gateway_jobs_accepted", "Jobs that the broker has", ["service"], registry=self.registry)

    def take(self, body: bytes, correlation_id: str) -> dict[str, str]:
        """Hand a job to the broker. Raises Rejected, and Unavailable when the broker is away."""
        job = self._checked(body)
        if is_on(Sabotage.UNKNOWN_FIELDS_DROPPED):
            job = {name: job[name] for name in ("id", "type", "status", "payload", "createdAt") if name in job}
        if is_on(Sabotage.CORRELATION_ID_RENEWED):
            correlation_id = str(uuid.uuid4())
        created = event("job.created", job, SERVICE, event_id=str(uuid.uuid4()), correlation_id=correlation_id)
        if not is_on(Sabotage.ACCEPTED_JOB_NOT_HANDED_ON):
            self._hand_on(created)
        if not is_on(Sabotage.ACCEPTED_JOBS_NOT_COUNTED):
            self._accepted.labels(SERVICE).inc()
        log.info("job %s accepted, correlation id %s", job["id"], correlation_id)
        job_id = str(uuid.uuid4()) if is_on(Sabotage.ANSWER_NAMES_ANOTHER_JOB) else job["id"]
        event_id = str(uuid.uuid4()) if is_on(Sabotage.ANSWER_NAMES_ANOTHER_EVENT) else created["eventId"]
        return {"jobId": job_id, "eventId": event_id}

    def probe(self) -> None:
        """Raise Unavailable while the broker is away."""
        if is_on(Sabotage.BROKER_AWAY_UNNOTICED):
            return
        try:
            with broker.connection(self._url, seconds=1.0):
                return
        except broker.BrokerAway as error:
            raise web.Unavailable("RabbitMQ not connected") from error

    def _hand_on(self, created: dict[str, Any]) -> None:
        note_call("rabbitmq")
        try:
            with broker.connection(self._url) as opened:
                broker.publish(broker.declared(opened), JOBS_CREATED, created)
        except broker.BrokerAway as error:
            log.warning("%s", error)
            if not is_on(Sabotage.TAKEN_IN_WHILE_BROKER_IS_AWAY):
                raise web.Unavailable("the job could not be handed to the broker: submit it again later") from error

    def _checked(self, body: bytes) -> dict[str, Any]:
        try:
            job = json.loads(body)
        except (ValueError, RecursionError):
            self._count("unknown")
            if is_on(Sabotage.ERRORS_AS_WEB_PAGES):
                raise
            raise Rejected([("/", "not JSON")]) from None
        if is_on(Sabotage.ERRORS_AS_WEB_PAGES) and not isinstance(job, dict):
            raise ValueError("no object")
        kind = job.get("type") if isinstance(job, dict) else None
        self._count(kind if isinstance(kind, str) else "unknown")
        if is_on(Sabotage.REQUIRED_FIELDS_UNCHECKED):
            return dict(job)
        found = problems(JOB, job, self._contracts)
        if not found and job.get("status") != "PENDING" and not is_on(Sabotage.STATUS_UNCHECKED):
            found = [("/status", "a job is submitted as PENDING")]
        if found:
            raise Rejected(found[:1] if is_on(Sabotage.FIRST_PROBLEM_ONLY) else found)
        checked: dict[str, Any] = job
        return checked

    def _count(self, kind: str) -> None:
        if is_on(Sabotage.SUBMISSIONS_NOT_COUNTED):
            return
        labels = (kind,) if is_on(Sabotage.METRICS_WITHOUT_SERVICE) else (kind, SERVICE)
        self._submitted.labels(*labels).inc(2 if is_on(Sabotage.SUBMISSIONS_COUNTED_TWICE) else 1)


def make(settings: Settings) -> FastAPI:
    """The gateway's application."""
    intake = Intake(settings)
    app = web.application("Gateway API", intake.registry, intake.probe)

    @app.exception_handler(Rejected)
    async def rejected(_request: Request, error: Rejected) -> JSONResponse:
        """Say all that is wrong with a job."""
        return JSONResponse({"error": "Invalid job data", "details": error.details}, 400)

    @app.post("/jobs", status_code=202)
    async def submit(request: Request) -> JSONResponse:
        """Submit a job."""
        body = await request.body()
        accepted = await run_in_threadpool(intake.take, body, request.state.correlation_id)
        return JSONResponse(accepted, 201 if is_on(Sabotage.ACCEPTED_AS_CREATED) else 202)

    @app.get("/proxy/alerts")
    def alerts() -> JSONResponse:
        """What the Alertmanager says."""
        return _proxied("Alertmanager", settings.alertmanager_url, "/api/v2/alerts")

    @app.get("/proxy/targets")
    def targets() -> JSONResponse:
        """What Prometheus says."""
        return _proxied("Prometheus", settings.prometheus_url, "/api/v1/targets")

    return app


def _proxied(name: str, url: str, path: str) -> JSONResponse:
    try:
        with direct_client(url, timeout=PROXY_SECONDS) as client:
            answer = client.get(path)
            return JSONResponse(answer.json(), answer.status_code)
    except (httpx.HTTPError, ValueError) as error:
        if is_on(Sabotage.PROXY_HIDES_OUTAGE):
            return JSONResponse([])
        if isinstance(error, httpx.TimeoutException):
            return JSONResponse({"error": f"{name} timeout"}, 504)
        return JSONResponse({"error": f"{name} unavailable"}, 502)
