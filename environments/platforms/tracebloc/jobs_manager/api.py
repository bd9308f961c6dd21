"""The jobs-manager's HTTP surface. Source: tracebloc client chart 1.9.62.

Its real endpoint asks Kubernetes who the bearer is (TokenReview); here it is one shared secret, INGESTION_TOKEN (our choice).
"""

import hmac
from typing import Annotated, Any

import httpx
from fastapi import Depends, FastAPI, Request, Response, Security
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.security import HTTPBearer
from pydantic import BaseModel, Field, SecretStr
from starlette.datastructures import Headers

from environments.platforms.tracebloc.common.bodies import Bodies
from environments.platforms.tracebloc.common.descriptions import also, describe
from environments.platforms.tracebloc.edge.login import LoginRefused
from environments.platforms.tracebloc.jobs_manager.ingestion import IngestConfigRefused, IngestionRuns, Submission
from environments.platforms.tracebloc.launchers.launcher import LauncherUnavailable
from environments.platforms.tracebloc.sabotages import EdgeSabotage, is_on

# only tells the OpenAPI document of it
_DESCRIPTION = HTTPBearer(auto_error=False, scheme_name="ingestion token")


class IngestionRequest(BaseModel):
    """What the platform's command line submits."""

    ingest_config: dict[str, Any]
    idempotency_key: str
    image_digest: str | None = Field(default=None, pattern=r"^sha256:[0-9a-f]{64}$")


class _NotAllowed(Exception):
    def __init__(self, status: int, code: str, words: str) -> None:
        super().__init__(words)
        self.status, self.code = status, code


def application(runs: IngestionRuns, ingestion_token: SecretStr) -> FastAPI:
    """The application that starts ingestion runs for whoever holds the token."""
    api = FastAPI(title="jobs-manager", docs_url=None, redoc_url=None)

    def authorized(request: Request, _described: Annotated[object, Security(_DESCRIPTION)]) -> None:
        _check(request.headers, ingestion_token)

    async def known(headers: Headers) -> bool:
        try:
            _check(headers, ingestion_token)
        except _NotAllowed:
            return False
        return True

    api.add_middleware(Bodies, known=known)
    describe(api)

    @api.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @api.post("/internal/submit-ingestion-run", dependencies=[Depends(authorized)], responses=also(201))
    def submit(request: IngestionRequest, response: Response) -> Submission:
        submission = runs.submit(request.ingest_config, request.idempotency_key, request.image_digest)
        response.status_code = 200 if submission.replay else 201
        return submission

    _say_refusals(api)
    return api


def _check(headers: Headers, ingestion_token: SecretStr) -> None:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme != "Bearer" or not token:
        raise _NotAllowed(401, "AUTHENTICATION_REQUIRED", "send Authorization: Bearer with the ingestion token")
    if is_on(EdgeSabotage.INGESTION_OPEN_TO_EVERYBODY):
        return
    if not hmac.compare_digest(token.encode(), ingestion_token.get_secret_value().encode()):
        raise _NotAllowed(403, "INGESTION_NOT_ALLOWED", "this token does not allow to ingest here")


def _say_refusals(api: FastAPI) -> None:
    @api.exception_handler(_NotAllowed)
    def not_allowed(_request: Request, error: _NotAllowed) -> JSONResponse:
        return _refusal(error.status, error.code, str(error))

    @api.exception_handler(IngestConfigRefused)
    def refused(_request: Request, error: IngestConfigRefused) -> JSONResponse:
        return _refusal(400, "INVALID_INGEST_CONFIG", str(error))

    @api.exception_handler(RequestValidationError)
    def malformed(_request: Request, error: RequestValidationError) -> JSONResponse:
        return _refusal(400, "INVALID_REQUEST", "; ".join(f"{'.'.join(map(str, e['loc'][1:]))}: {e['msg']}" for e in error.errors()))

    @api.exception_handler(LauncherUnavailable)
    def unavailable(_request: Request, error: LauncherUnavailable) -> JSONResponse:
        return _refusal(503, "CLUSTER_UNAVAILABLE", str(error))

    @api.exception_handler(LoginRefused)
    def login_refused(_request: Request, error: LoginRefused) -> JSONResponse:
        return _refusal(503, "BACKEND_REFUSED", str(error))

    @api.exception_handler(httpx.HTTPError)
    def backend_unavailable(_request: Request, error: httpx.HTTPError) -> JSONResponse:
        return _refusal(503, "BACKEND_UNAVAILABLE", f"the backend cannot be reached: {type(error).__name__}")


def _refusal(status: int, code: str, words: str) -> JSONResponse:
    return JSONResponse({"message": words, "code": code}, status)
