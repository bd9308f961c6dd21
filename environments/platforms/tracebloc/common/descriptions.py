"""OpenAPI documents that say how a service really answers: FastAPI's own would promise 422, and know of no refusal.

Source: OpenAPI 3.1; which refusals there are is our choice.
"""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI

Operation = dict[str, Any]

_REFUSAL = {
    "type": "object",
    "properties": {"message": {"type": "string"}, "code": {"type": "string"}, "detail": {"type": "string"}},
}
_WORDS = {
    "400": "What was sent does not fit; the message names it",
    "401": "No valid token was sent",
    "403": "The caller may not do that",
    "404": "There is nothing of that name that the caller may see",
    "413": "The body is too large",
    "426": "The SDK is too old",
    "503": "The platform cannot reach something it needs; try again later",
}


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Further refusals of one route, for its `responses`."""
    return {status: _described("Refused; the code says why") for status in statuses}


def also(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Further answers of one route that are no refusals, for its `responses`."""
    return {status: {"description": "Done, or done before"} for status in statuses}


def file() -> dict[int | str, dict[str, Any]]:
    """The answer of a route that gives a file, for its `responses`; its `response_class` is Response."""
    return {200: {"description": "The file", "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}}


def form(media_type: str, required: tuple[str, ...], optional: tuple[str, ...] = (), files: tuple[str, ...] = ()) -> dict[str, Any]:
    """The body of a route that reads a form itself, for its `openapi_extra`."""
    properties = {name: {"type": "string"} for name in (*required, *optional)}
    properties |= {name: {"type": "string", "format": "binary"} for name in files}
    schema = {"type": "object", "required": list(required), "properties": properties}
    return {"requestBody": {"required": True, "content": {media_type: {"schema": schema}}}}


def describe(application: FastAPI, *everywhere: int) -> None:
    """Make the application's OpenAPI document say what it answers, with the statuses that any route may answer with."""
    original = application.openapi

    def openapi() -> dict[str, Any]:
        if application.openapi_schema is None:
            schema = original()
            for path, operation in _operations(schema):
                _correct(path, operation, [str(status) for status in everywhere])
            application.openapi_schema = schema
        return application.openapi_schema

    application.openapi = openapi  # type: ignore[method-assign]


def _operations(schema: dict[str, Any]) -> Iterator[tuple[str, Operation]]:
    for path, item in schema["paths"].items():
        for operation in item.values():
            yield path, operation


def _correct(path: str, operation: Operation, everywhere: list[str]) -> None:
    responses = operation["responses"]
    responses.pop("422", None)
    statuses = ["503", *everywhere]
    if "requestBody" in operation or "parameters" in operation:
        statuses += ["400"]
    if "requestBody" in operation:
        statuses += ["401", "413"]
    if "security" in operation:
        statuses += ["401", "403"]
    if "{" in path:
        statuses += ["404"]
    for status in statuses:
        responses.setdefault(status, _described(_WORDS[status]))


def _described(words: str) -> dict[str, Any]:
    return {"description": words, "content": {"application/json": {"schema": _REFUSAL}}}
