"""The one shape in which errors leave the backend."""

import logging
from collections.abc import Callable
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from environments.platforms.tracebloc.backend.errors import Denied, Refusal
from environments.platforms.tracebloc.backend.storage.database import DatabaseUnavailable
from environments.platforms.tracebloc.messaging.queues import QueueUnavailable

_CODES = {401: "NOT_AUTHENTICATED", 404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED", 413: "TOO_LARGE"}

DATABASE_IS_AWAY = "The platform cannot reach its database right now. Try again later."

log = logging.getLogger(__name__)


def _refused(_request: Request, error: Refusal) -> JSONResponse:
    return JSONResponse(error.body, error.status, error.headers)


def denied(_request: Request, error: Denied) -> JSONResponse:
    """The answer in the words of Django REST framework."""
    headers = {"WWW-Authenticate": "Bearer"} if error.status == 401 else None
    return JSONResponse({"detail": error.detail}, error.status, headers)


def _invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
    # only names and reasons: the value that does not fit may be a password
    problems = "; ".join(f"{'.'.join(str(part) for part in e['loc'][1:]) or 'body'}: {e['msg']}" for e in error.errors())
    return JSONResponse({"message": problems, "code": "INVALID_REQUEST"}, 400)


def _http(_request: Request, error: HTTPException) -> JSONResponse:
    code = _CODES.get(error.status_code, "INVALID_REQUEST")
    return JSONResponse({"message": str(error.detail), "code": code}, error.status_code, dict(error.headers or {}))


def _queue_unavailable(_request: Request, error: QueueUnavailable) -> JSONResponse:
    log.warning("the Service Bus is unavailable: %s", error)
    return JSONResponse({"message": "The platform cannot reach its queues right now. Try again later.", "code": "QUEUE_UNAVAILABLE"}, 503)


def _database_unavailable(_request: Request, error: DatabaseUnavailable) -> JSONResponse:
    log.warning("the database is unavailable: %s", error)
    return JSONResponse({"message": DATABASE_IS_AWAY, "code": "DATABASE_UNAVAILABLE"}, 503)


def _unexpected(_request: Request, _error: Exception) -> JSONResponse:
    return JSONResponse({"message": "The platform failed to answer this request.", "code": "INTERNAL"}, 500)


def install(application: FastAPI) -> None:
    """Make every error of the application leave it in the contract's shape."""
    handlers: dict[type[Exception], Callable[[Request, Any], JSONResponse]] = {
        Refusal: _refused,
        Denied: denied,
        RequestValidationError: _invalid,
        HTTPException: _http,
        QueueUnavailable: _queue_unavailable,
        DatabaseUnavailable: _database_unavailable,
        Exception: _unexpected,
    }
    for kind, handler in handlers.items():
        application.add_exception_handler(kind, handler)
