"""Takes out of a recording what must not be kept and what would be different the next time. Source: our choice."""

import re
from dataclasses import replace
from typing import Any

from support.names import PREFIX
from support.platforms.tracebloc.cassettes.exchange import PLATFORM, Exchange
from support.redaction import HIDDEN, PSEUDONYM, is_sensitive, redact

# keys of the SDK's contract under which the platform makes up a name, and what a reader calls it
_KINDS = {
    "dataset_key": "dataset",
    "model_name": "model",
    "experiment_key": "experiment",
    "experimentKey": "experiment",
    "inference_id": "inference",
    "total_images": "edge",
    "total_data_per_edge": "edge",
}
# a checksum says something of a content that is kept as it is
_KEPT = ("sha256",)

_MADE_UP = re.compile(r"(?<![0-9A-Za-z])(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{16,})(?![0-9A-Za-z])")
_RUN = re.compile(rf"({PREFIX.replace('-', '[-_]')})[0-9a-f]{{8}}(?![0-9a-f])")
_ADDRESS = re.compile(r"https?://[^\s/\"'?]+([^\s\"'?]*)(?:\?[^\s\"']*)?")


class StableNames:
    """Gives every name that somebody made up (`dataset-1`, `edge-2`) the same one in each recording, by the order in which they appear."""

    def __init__(self) -> None:
        self._given: dict[str, str] = {}
        self._counts: dict[str, int] = {}

    def stable(self, exchange: Exchange) -> Exchange:
        """The exchange without secrets, hosts and made-up names."""
        return replace(
            exchange,
            target=self._text(exchange.target, "id"),
            sent=self._value(exchange.sent, "id"),
            file_name=self._text(exchange.file_name, "id"),
            body=exchange.body if isinstance(exchange.body, bytes) else self._value(exchange.body, "id"),
        )

    def _value(self, value: Any, kind: str) -> Any:  # noqa: ANN401 - whatever JSON holds
        if isinstance(value, dict):
            return {self._text(str(key), kind): self._member(str(key), member, kind) for key, member in value.items()}
        if isinstance(value, list):
            return [self._value(member, kind) for member in value]
        return self._text(value, kind) if isinstance(value, str) else value

    def _member(self, key: str, value: Any, kind: str) -> Any:  # noqa: ANN401 - whatever JSON holds
        if is_sensitive(key) and isinstance(value, str):
            return HIDDEN
        return value if key in _KEPT else self._value(value, _KINDS.get(key, kind))

    def _text(self, text: str, kind: str) -> str:
        text = _ADDRESS.sub(rf"{PLATFORM}\1", text)
        text = _RUN.sub(r"\g<1>recorded", text)
        # pseudonyms are others in each run
        return PSEUDONYM.sub("<e-mail>", redact(_MADE_UP.sub(lambda found: self._name(found[0], kind), text)))

    def _name(self, made_up: str, kind: str) -> str:
        if made_up not in self._given:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            self._given[made_up] = f"{kind}-{self._counts[kind]}"
        return self._given[made_up]
