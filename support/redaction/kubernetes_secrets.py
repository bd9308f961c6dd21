"""Secrets of Kubernetes, as YAML and JSON, whose values have names of their own choice. Source: Kubernetes API, v1 Secret."""

import re
from functools import cache

HIDDEN = "<redacted>"
_KIND = r"\bkind\\*[\"']?\s*:\s*\\*[\"']?Secret(?:List)?\b"
_IN_YAML = r"(?m)^(?P<indent>[ \t]*)(?:- )?(?:data|stringData|binaryData):[ \t]*\n(?P<lines>(?:(?P=indent)[ \t]+[^\n]*(?:\n|\Z))+)"
_LINE = r"(?m)^([ \t]*[\w.-]+:[ \t]+)(?![|>][+-]?[ \t]*$)\S[^\n]*|^([ \t]+)(?![\w.-]+:(?:\s|$))\S[^\n]*"
_IN_JSON = r"(\\*[\"'](?:data|stringData)\\*[\"']\s*:\s*\{)([^{}]{1,20000})(?=\})"
_PAIR = r"(\\*[\"'][\w.-]+\\*[\"']\s*:\s*\\*[\"'])(?:(?!(?<!\\)\\*[\"'])[^\n])+"


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def hide_kubernetes_secrets(text: str, lower: str) -> str:
    """The text without the data of Kubernetes' secrets; `lower` is the same in lower case."""
    if "kind" not in lower or _compiled(_KIND).search(text) is None:
        return text
    text = _compiled(_IN_YAML).sub(_without_lines, text)
    return _compiled(_IN_JSON).sub(lambda found: found[1] + _compiled(_PAIR).sub(rf"\1{HIDDEN}", found[2]), text)


def _without_lines(found: re.Match[str]) -> str:
    lines = _compiled(_LINE).sub(lambda line: f"{line[1] or line[2]}{HIDDEN}", found["lines"])
    return found[0].removesuffix(found["lines"]) + lines
