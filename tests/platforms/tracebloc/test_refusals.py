"""What the backend's client makes of refusals."""

import httpx
import pytest

from support.platforms.tracebloc.clients.backend.connection import refusal


def answer(status: int, code: str) -> httpx.Response:
    return httpx.Response(status, json={"message": "no", "code": code})


TAKEN = [(409, "INVALID_STATE"), (400, "CATEGORY_MISMATCH"), (409, "CATEGORY_MISMATCH"), (418, "ANOTHER_ONE")]


@pytest.mark.parametrize(("status", "code"), TAKEN)
def test_a_code_with_a_status_of_its_own_or_that_nobody_knows_is_a_refusal(status: int, code: str) -> None:
    told = refusal("POST /x/", answer(status, code))
    assert (told.status, told.code) == (status, code)


def test_a_code_with_another_status_than_its_own_is_no_refusal_but_a_failure() -> None:
    with pytest.raises(AssertionError, match="POST /x/ was refused with 408 INVALID_STATE, which is told with 409"):
        refusal("POST /x/", answer(408, "INVALID_STATE"))
