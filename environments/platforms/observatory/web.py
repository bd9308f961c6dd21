"""What the platform's HTTP services do alike: correlation ids, metrics, errors, liveness. Source: contract rules of the project."""

import uuid
from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from environments.platforms.observatory.contracts import is_uuid
from environments.platforms.observatory.messages import SERVICE_VERSION
from environments.platforms.observatory.sabotages import Sabotage
from environments.reference_services.defects import is_on
from environments.reference_services.server_timing import ServerTiming

CORRELATION = "X-Correlation-Id"


class Unavailable(Exception):
    """Something that the service needs does not answer; the text says what."""


def application(title: str, registry: CollectorRegistry, probe: Callable[[], None]) -> FastAPI:
    """An application with what every HTTP service has; `probe` raises Unavailable while it cannot do its work."""
    app = FastAPI(title=title, version=SERVICE_VERSION)
    app.add_middleware(ServerTiming)
    app.middleware("http")(_correlate)

    @app.exception_handler(Unavailable)
    async def unavailable(_request: Request, error: Unavailable) -> Response:
        """Say what is away."""
        return JSONResponse({"error": str(error)}, 503)

    @app.get("/healthz")
    def healthz() -> Response:
        """Whether it can do its work now."""
        try:
            probe()
        except Unavailable as error:
            return JSONResponse({"status": "not_ready", "reason": str(error)}, 503)
        return JSONResponse(alive())

    @app.get("/readyz")
    def readyz() -> dict[str, str]:
        """That it runs."""
        return alive()

    @app.get("/metrics")
    def metrics() -> Response:
        """Its counters."""
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return app


async def _correlate(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    """Everybody finds the id again that was sent along, or gets a new one."""
    given = request.headers.get(CORRELATION)
    if given is not None and not is_uuid(given):
        if is_on(Sabotage.ODD_CORRELATION_ID_BREAKS):
            return JSONResponse({"error": "Internal contract violation"}, 500)
        return JSONResponse({"error": "Invalid correlation id", "details": [{"path": f"/{CORRELATION}", "message": "not a UUID"}]}, 400)
    request.state.correlation_id = given or str(uuid.uuid4())
    response = await call_next(request)
    if not is_on(Sabotage.CORRELATION_ID_NOT_RETURNED):
        response.headers[CORRELATION] = request.state.correlation_id
    return response


def alive() -> dict[str, str]:
    """That a service runs, and which version."""
    return {"status": "ok"} if is_on(Sabotage.HEALTH_WITHOUT_VERSION) else {"status": "ok", "version": SERVICE_VERSION}


def serve(app: FastAPI, host: str, port: int) -> None:
    """Serve until SIGTERM."""
    import uvicorn

    uvicorn.run(app, host=host, port=port, log_config=None, access_log=False, timeout_graceful_shutdown=2)
