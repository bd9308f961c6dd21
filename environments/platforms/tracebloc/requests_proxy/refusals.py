"""What the requests proxy answers when it does not do as asked: always `{"message": words, "code": "UPPER_CASE"}`."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from environments.platforms.tracebloc.edge.pod_token import ExpiredPodToken, InvalidPodToken
from environments.platforms.tracebloc.messaging.queues import QueueUnavailable
from environments.platforms.tracebloc.requests_proxy.object_store import NotStored, ObjectStoreUnavailable


class Refused(Exception):
    """A call that is refused: status, code and words."""

    def __init__(self, status: int, code: str, words: str) -> None:
        super().__init__(words)
        self.status, self.code = status, code


def install(api: FastAPI) -> None:
    """Make `api` answer in this form."""

    @api.exception_handler(Refused)
    def refused(_request: Request, error: Refused) -> JSONResponse:
        return _answer(error.status, error.code, str(error))

    @api.exception_handler(InvalidPodToken)
    def unknown_pod(_request: Request, error: InvalidPodToken) -> JSONResponse:
        return _answer(401, "TOKEN_EXPIRED" if isinstance(error, ExpiredPodToken) else "TOKEN_INVALID", str(error))

    @api.exception_handler(RequestValidationError)
    def malformed(_request: Request, error: RequestValidationError) -> JSONResponse:
        return _answer(400, "INVALID_REQUEST", "; ".join(f"{'.'.join(map(str, e['loc'][1:]))}: {e['msg']}" for e in error.errors()))

    @api.exception_handler(QueueUnavailable)
    def queue_away(_request: Request, error: QueueUnavailable) -> JSONResponse:
        return _answer(503, "QUEUE_UNAVAILABLE", str(error))

    @api.exception_handler(NotStored)
    def not_stored(_request: Request, error: NotStored) -> JSONResponse:
        return _answer(404, "NOT_STORED", str(error))

    @api.exception_handler(ObjectStoreUnavailable)
    def store_away(_request: Request, error: ObjectStoreUnavailable) -> JSONResponse:
        return _answer(503, "OBJECT_STORE_UNAVAILABLE", str(error))


def _answer(status: int, code: str, words: str) -> JSONResponse:
    return JSONResponse({"message": words, "code": code}, status)
