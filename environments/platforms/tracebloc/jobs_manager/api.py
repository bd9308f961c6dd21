"""The jobs-manager's HTTP surface. Source: tracebloc client chart 1.9.62.

Its real endpoint asks Kubernetes who the bearer is (TokenReview); here it is one shared secret, INGESTION_TOKEN (our choice).
"""

import hmac
from typing import Annotated, Any

import httpx
from fastapi import Depends, FastAPI, Header, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, SecretStr

from environments.platforms.tracebloc.edge_login import LoginRefused
from environments.platforms.tracebloc.jobs_manager.ingestion import IngestConfigRefused, IngestionRuns, Submission
from environments.platforms.tracebloc.launchers.launcher import LauncherUnavailable
from environments.platforms.tracebloc.sabotages import Sabotage, is_on


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
    api = FastAPI(title="jobs-manager", openapi_url=None)

    def authorized(authorization: Annotated[str | None, Header()] = None) -> None:
        scheme, _, token = (authorization or "").partition(" ")
        if scheme != "Bearer" or not token:
            raise _NotAllowed(401, "AUTHENTICATION_REQUIRED", "send Authorization: Bearer with the ingestion token")
        if is_on(Sabotage.INGESTION_OPEN_TO_EVERYBODY):
            return
        if not hmac.compare_digest(token.encode(), ingestion_token.get_secret_value().encode()):
            raise _NotAllowed(403, "INGESTION_NOT_ALLOWED", "this token does not allow to ingest here")

    @api.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @api.post("/internal/submit-ingestion-run", dependencies=[Depends(authorized)])
    def submit(request: IngestionRequest, response: Response) -> Submission:
        submission = runs.submit(request.ingest_config, request.idempotency_key, request.image_digest)
        response.status_code = 200 if submission.replay else 201
        return submission

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

    return api


def _refusal(status: int, code: str, words: str) -> JSONResponse:
    return JSONResponse({"message": words, "code": code}, status)
