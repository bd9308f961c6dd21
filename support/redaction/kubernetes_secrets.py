"""Secrets of Kubernetes, as YAML and JSON, whose values have names of their own choice. Source: Kubernetes API, v1 Secret."""

import re
from functools import cache

from support.redaction.spans import Span

_KIND = r"\bkind\\*[\"']?\s*:\s*\\*[\"']?Secret(?:List)?\b"
_IN_YAML = (
    r"(?m)^(?P<indent>[ \t]*)(?:- |\S[^\n]{0,200}?[:\]>)] ?)?(?:data|stringData|binaryData):[ \t]*\n"
    r"(?P<lines>(?:(?P=indent)[ \t]+[^\n]*(?:\n|\Z))+)"
)
_LINE = (
    r"(?m)^[ \t]*[\w.-]+:[ \t]+(?![|>][+-]?[ \t]*$)(?P<value>\S[^\n]*)"
    r"|^[ \t]+(?![\w.-]+:(?:\s|$))(?P<more>\S[^\n]*)"
)
_IN_JSON = r"\\*[\"'](?:data|stringData)\\*[\"']\s*:\s*\{(?P<pairs>[^{}]{1,20000})(?=\})"
_PAIR = r"\\*[\"'][\w.-]+\\*[\"']\s*:\s*\\*[\"'](?P<value>(?:(?!(?<!\\)\\*[\"'])[^\n])+)"


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def secrets_of_kubernetes(text: str, lower: str) -> list[Span]:
    """Where the data of Kubernetes' secrets are; `lower` is the text in lower case."""
    if "kind" not in lower or _compiled(_KIND).search(text) is None:
        return []
    lines = [
        line.span("value" if line["value"] else "more")
        for found in _compiled(_IN_YAML).finditer(text)
        for line in _compiled(_LINE).finditer(text, *found.span("lines"))
    ]
    pairs = [
        pair.span("value") for found in _compiled(_IN_JSON).finditer(text) for pair in _compiled(_PAIR).finditer(text, *found.span("pairs"))
    ]
    return [*lines, *pairs]
