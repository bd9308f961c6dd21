"""One request of the SDK and its answer, as a cassette keeps it. Source: our choice of form."""

import base64
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import yaml

PLATFORM = "http://platform.test"
"""Stands for every host in a cassette; nobody owns it."""

TITLE = "# Recorded by `ringmaster record`, without secrets and with stable names; it is made anew rather than edited.\n"
JSON_TYPE, FORM_TYPE = "application/json", "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Exchange:
    """A request and its answer.

    `sent` are the fields of the request's form or JSON object, a file's field being its name. `body` is what the JSON of the answer holds,
    its text, or its bytes.
    """

    method: str
    target: str
    """The path with its query, from the platform's root."""
    sent: dict[str, Any]
    sent_as: str
    status: int
    content_type: str
    file_name: str
    """What the answer says the file is called; empty when it is no file."""
    body: Any = field(repr=False)

    @property
    def operation(self) -> str:
        """Which of the operations that share one path this is; Source: tracebloc SDK 1.2.63 (`check-model/`, the field `type`)."""
        return str(self.sent.get("type", ""))

    @property
    def name(self) -> str:
        """`POST /check-model/ (linking_dataset)`, for people."""
        return f"{self.method} {self.target}" + (f" ({self.operation})" if self.operation else "")

    def as_plain(self) -> dict[str, Any]:
        """For a YAML file."""
        answer: dict[str, Any] = {"status": self.status, "content_type": self.content_type}
        if self.file_name:
            answer["file_name"] = self.file_name
        answer["body"] = self.body
        request = {"request": f"{self.method} {self.target}"}
        return request | ({"sent_as": self.sent_as, "sent": self.sent} if self.sent else {}) | {"answer": answer}

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> "Exchange":
        """Out of a YAML file."""
        method, _, target = plain["request"].partition(" ")
        answer = plain["answer"]
        return cls(
            method=method,
            target=target,
            sent=plain.get("sent", {}),
            sent_as=plain.get("sent_as", ""),
            status=answer["status"],
            content_type=answer["content_type"],
            file_name=answer.get("file_name", ""),
            body=answer["body"],
        )

    def request_body(self) -> bytes:
        """The fields as a form or as JSON, whichever they were sent as; files are left out."""
        text = json.dumps(self.sent) if self.sent_as == JSON_TYPE else urlencode(self.sent)
        return text.encode()

    def answer_body(self) -> bytes:
        """The answer as it goes over the wire."""
        if isinstance(self.body, bytes):
            return self.body
        return (json.dumps(self.body) if self.content_type == JSON_TYPE else str(self.body)).encode()


# long texts as they are read, not folded into one line
_Readable: Any = type("Readable", (yaml.SafeDumper,), {})


def _text(dumper: Any, text: str) -> object:  # noqa: ANN401 - PyYAML has no types
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


def _bytes(dumper: Any, content: bytes) -> object:  # noqa: ANN401 - PyYAML has no types
    lines = base64.encodebytes(content).decode()
    return dumper.represent_scalar("tag:yaml.org,2002:binary", lines, style="|")


_Readable.add_representer(str, _text)
_Readable.add_representer(bytes, _bytes)


def dump(exchanges: list[Exchange]) -> str:
    """The text of a cassette."""
    plain = [exchange.as_plain() for exchange in exchanges]
    text: str = yaml.dump(plain, Dumper=_Readable, sort_keys=False, allow_unicode=True, width=120)
    return TITLE + text


def load(text: str) -> list[Exchange]:
    """What is in a cassette; raises ValueError when it is not one."""
    try:
        return [Exchange.from_plain(plain) for plain in yaml.safe_load(text)]
    except (yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"this is not a cassette: {type(error).__name__}: {error}") from error
