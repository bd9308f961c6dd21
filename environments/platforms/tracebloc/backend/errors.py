"""Refusals of the backend. Source: tracebloc SDK 1.2.63 for the shapes that it reads."""

from collections.abc import Mapping


class Refusal(Exception):
    """An answer other than success: HTTP status, a stable code, words for a person, and further keys of the body.

    Source: tracebloc SDK 1.2.63 reads `message` and `code`.
    """

    def __init__(self, status: int, code: str, message: str, **more: object) -> None:
        super().__init__(message)
        self.status = status
        self.headers: dict[str, str] = {}
        self.body: Mapping[str, object] = {"message": message, "code": code, **more}


class Denied(Exception):
    """A refusal in the words of Django REST framework: `{"detail": ...}` (Source: tracebloc SDK 1.2.63, 401 and the link's 403)."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


def not_found(what: str) -> Refusal:
    """What somebody is told about a thing that does not exist or that is not theirs to see: both alike."""
    return Refusal(404, "NOT_FOUND", f"There is no such {what}.")
