"""Requests of every kind, made from a service's own OpenAPI document, with keys that are really there put among them."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

VARIABLE = "RINGMASTER_PROPERTY_REQUESTS"
REQUESTS = int(os.environ.get(VARIABLE, "700"))
"""How many requests are sent to all routes of a service together."""

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
# what finds its way past a schema: each is the text of a JSON value
ODD = (
    r'"\ud800"', r'"a\udfffb"', '"\\u0000"', '"\\u001b[31m"', '"\\u202e"', '""', '" "', '"' + "a" * 5000 + '"', '"😀"', '"%00"',
    '"../../x"', "9223372036854775807", "9223372036854775808", "-9223372036854775808", "1" + "0" * 400, "1e400", "-1e400", "NaN",
    "Infinity", "-0.0", "1e-320", "null", "true", "[]", "{}", "[" * 60 + "]" * 60, "[" * 20_000 + "]" * 20_000, '{"a": {"a": 1}}',
    '"2024-01-01"', "2147483648",
)  # fmt: skip

Keys = Mapping[str, Sequence[object]]
Send = Callable[[Any], Any]


def operations(schema: Any) -> Iterator[Any]:  # noqa: ANN401 - schemathesis has no types to speak of
    """Every operation of the document."""
    for operation in schema.get_all_operations():
        yield operation.ok()


def exercise(operation: Any, requests: int, keys: Keys, send: Send) -> None:  # noqa: ANN401 - as above
    """Send so many requests to one operation; every answer is as documented, and none is a failure of the service."""

    @settings(
        max_examples=requests,
        deadline=None,
        database=None,
        derandomize=VARIABLE not in os.environ,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
    @given(case=_cases(operation), data=st.data())
    def holds(case: Any, data: st.DataObject) -> None:  # noqa: ANN401
        _put_keys(case.path_parameters, keys, data)
        _put_keys(case.query, keys, data)
        _put_keys(case.body, keys, data)
        response = send(case)
        case.validate_response(response, checks=CHECKS)

    holds()


def _cases(operation: Any) -> st.SearchStrategy[Any]:  # noqa: ANN401
    positive = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    if not (operation.body or operation.query or operation.path_parameters):
        return positive
    # as many that fit: what does not is refused early
    return st.one_of(positive, operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))


def _put_keys(fields: object, keys: Keys, data: st.DataObject) -> None:
    if not isinstance(fields, dict):
        return
    for name in fields:
        if name in keys and data.draw(st.integers(0, 3)):
            fields[name] = data.draw(st.sampled_from(list(keys[name])))


def schema_of(document: dict[str, Any], base_url: str | None = None) -> Any:  # noqa: ANN401
    """The document as schemathesis reads it."""
    schema = schemathesis.openapi.from_dict(document)
    if base_url is not None:
        schema.config.update(base_url=base_url)
    return schema
