"""With which HTTP status a request is done, and each code of a refusal told, as callers other than the SDK rely on it.

Source: RFC 9110 for the statuses of what is done; which codes there are is our choice. A code that is not among them is another
platform's, and may have any status.
"""

from collections.abc import Mapping

DONE = (200, 201, 202, 204)
CODES: Mapping[int, str] = {
    400: """
        CATEGORY_MISMATCH DATASET_NOT_FOUND EMPTY_DATASET FEATURES_DIFFER FRAMEWORK_MISMATCH INVALID_EMAIL INVALID_PLAN INVALID_REQUEST
        INVALID_TOKEN LOAD_FAILED MANDATORY_FIELDS NOT_AUTHENTICATED NOT_READY NO_ACCOUNT NO_LABELS NO_WEIGHTS ONE_DATASET_PER_ENVIRONMENT
        RULES_NOT_ACCEPTED SAME_TEAM WEAK_PASSWORD WRONG_INTENT
    """,
    401: "NOT_AUTHENTICATED",
    403: "BUDGET_EXHAUSTED INVITATION_EXPIRED NOT_ASKED NOT_A_MEMBER NOT_INVITED NOT_THE_OWNER",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    409: """
        ALREADY_A_MEMBER CATEGORY_MISMATCH CLUSTER_CONFLICT CLUSTER_IN_USE CYCLE_NOT_COMPLETED EMAIL_TAKEN INVALID_STATE
        TOO_MANY_INVITATIONS
    """,
    413: "TOO_LARGE",
    429: "DAILY_LIMIT TOO_MANY_AT_ONCE TOO_MANY_WRONG_LOGINS",
    503: "DATABASE_UNAVAILABLE QUEUE_UNAVAILABLE STORE_UNAVAILABLE",
}


def assert_told_with(status: int, code: str, request: str) -> None:
    """Raise AssertionError when a code is told with a status that is not one of its own."""
    own = [str(each) for each, codes in CODES.items() if code in codes.split()]
    if own and str(status) not in own:
        raise AssertionError(f"{request} was refused with {status} {code}, which is told with {' or '.join(own)}")


def assert_done_with(status: int, request: str) -> None:
    """Raise AssertionError when what was done is told with a status that no request of the platform has."""
    if status not in DONE:
        raise AssertionError(f"{request} was answered with {status}, which is none of {', '.join(map(str, DONE))}")
