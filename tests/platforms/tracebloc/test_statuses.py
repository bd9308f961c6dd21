"""What the backend's client makes of refusals."""

import httpx
import pytest

from support.platforms.tracebloc.clients.backend.connection import refusal
from support.platforms.tracebloc.clients.backend.statuses import assert_done_with


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


@pytest.mark.parametrize("status", [203, 205, 302])
def test_what_is_done_is_told_with_a_status_that_the_platform_has(status: int) -> None:
    assert_done_with(204, "POST /x/")
    with pytest.raises(AssertionError, match=f"POST /x/ was answered with {status}, which is none of 200, 201, 202, 204"):
        assert_done_with(status, "POST /x/")
