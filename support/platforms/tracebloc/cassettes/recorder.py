"""Recording and playing, by vcrpy, inside the process that the SDK runs in. Source: vcrpy 9.4 (serializers and matchers)."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import HTTP
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from support.platforms.tracebloc.cassettes.exchange import FORM_TYPE, JSON_TYPE, PLATFORM, Exchange, dump, load
from support.platforms.tracebloc.cassettes.stable import StableNames

Plain = dict[str, Any]


def recording(cassette: Path) -> AbstractContextManager[Any]:
    """Until the block ends, all that goes over the wire is kept; then it is written to the file, which is made anew."""
    cassette.unlink(missing_ok=True)
    return _tape(cassette, "all")


@contextmanager
def playing(cassette: Path) -> Iterator[Callable[[], int]]:
    """Until the block ends, requests are answered from the file, each answer once, and nothing goes out.

    What is given tells how many answers were not asked for. Raises ValueError or OSError when the file cannot be read.
    """
    load(cassette.read_text(encoding="utf-8"))
    with _tape(cassette, "none") as tape:
        yield lambda: len(tape) - tape.play_count


class ReadableCassettes:
    """What vcrpy keeps, in a form that people can read and compare."""

    @staticmethod
    def serialize(kept: Plain) -> str:
        """The text of the file, without secrets and with stable names."""
        names = StableNames()
        return dump([names.stable(_exchange(interaction["request"], interaction["response"])) for interaction in kept["interactions"]])

    @staticmethod
    def deserialize(text: str) -> Plain:
        """What vcrpy plays."""
        return {"version": 1, "interactions": [_interaction(exchange) for exchange in load(text)]}


def _tape(cassette: Path, mode: str) -> AbstractContextManager[Any]:
    # imported here: only sessions that record or play need it
    import vcr

    recorder = vcr.VCR(record_mode=mode, serializer="readable", match_on=("method", "path", "query", "operation"))
    recorder.register_serializer("readable", ReadableCassettes)
    recorder.register_matcher("operation", _same_operation)
    tape: AbstractContextManager[Any] = recorder.use_cassette(str(cassette), decode_compressed_response=True)
    return tape


def _same_operation(asked: Any, kept: Any) -> None:  # noqa: ANN401 - vcrpy's requests
    left, right = (_sent(request.body, _header(request.headers, "content-type")).get("type") for request in (asked, kept))
    if left != right:
        raise AssertionError(f"{left} is not {right}")


def _exchange(request: Plain, response: Plain) -> Exchange:
    address, sent_as = urlsplit(request["uri"]), _header(request["headers"], "content-type")
    # a link that works without a token carries its secret in the query
    keeps_query = address.query and _header(request["headers"], "authorization")
    content_type = _header(response["headers"], "content-type").partition(";")[0].strip()
    named = EmailMessage()
    named["Content-Disposition"] = _header(response["headers"], "content-disposition") or "inline"
    return Exchange(
        method=request["method"],
        target=address.path + (f"?{address.query}" if keeps_query else ""),
        sent=_sent(request["body"], sent_as),
        sent_as=sent_as.partition(";")[0],
        status=response["status"]["code"],
        content_type=content_type,
        file_name=named.get_filename() or "",
        body=_body(response["body"]["string"], content_type),
    )


def _interaction(exchange: Exchange) -> Plain:
    headers = {"content-type": [exchange.content_type]}
    if exchange.file_name:
        headers["content-disposition"] = [f'attachment; filename="{exchange.file_name}"']
    sent_as = JSON_TYPE if exchange.sent_as == JSON_TYPE else FORM_TYPE
    request = {"method": exchange.method, "uri": PLATFORM + exchange.target, "headers": {"content-type": [sent_as]}}
    return {
        "request": request | {"body": exchange.request_body()},
        "response": {
            "status": {"code": exchange.status, "message": HTTPStatus(exchange.status).phrase},
            "headers": headers,
            "body": {"string": exchange.answer_body()},
        },
    }


def _sent(body: str | bytes | None, content_type: str) -> Plain:
    """The fields of a form, of a multipart form (a file being its name) or of a JSON object."""
    content = body.encode() if isinstance(body, str) else body or b""
    if content_type.startswith(JSON_TYPE):
        fields: Plain = json.loads(content)
        return fields
    if content_type.startswith("multipart/"):
        message: Any = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + content)
        return {_field(part): part.get_filename() or part.get_payload() for part in message.iter_parts()}
    return dict(parse_qsl(content.decode(), keep_blank_values=True))


def _field(part: Any) -> str:  # noqa: ANN401 - the standard library's types of parts do not fit together
    return str(part.get_param("name", header="content-disposition"))


def _body(content: str | bytes, content_type: str) -> object:
    if content_type == JSON_TYPE:
        return json.loads(content)
    return content


def _header(headers: Any, name: str) -> str:  # noqa: ANN401 - vcrpy's headers, of either kind
    found = next((value for key, value in headers.items() if key.lower() == name), "")
    return str(found[0] if isinstance(found, list) and found else found or "")
