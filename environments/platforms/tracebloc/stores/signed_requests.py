"""Lets nobody at an S3 application who does not hold its key, and no web page of another origin.

Source: AWS Signature Version 4, as botocore computes it; `Origin` and `Sec-Fetch-Site` are what browsers say of themselves. What the
signature says of the body is not compared with the body.
"""

import datetime
import hmac
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from pydantic import SecretStr

from environments.platforms.tracebloc.sabotages.store import StoreSabotage
from environments.reference_services.defects import is_on

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

# Source: AWS Signature Version 4
_SCOPE = r"([^/ ]+)/\d{8}/([a-z0-9-]+)/s3/aws4_request"
_CREDENTIAL = re.compile(_SCOPE)
_AUTHORIZATION = re.compile(rf"AWS4-HMAC-SHA256 Credential={_SCOPE}, ?SignedHeaders=([^ ,]+), ?Signature=(\w+)")
_TIMESTAMP = "%Y%m%dT%H%M%SZ"
_SKEW = datetime.timedelta(minutes=15)
_LONGEST = datetime.timedelta(days=7)
_OURS = ("none", "same-origin")


class NotSigned(Exception):
    """The request does not prove that its sender holds the key; the text says why, the code in S3's own words."""

    def __init__(self, text: str, code: str = "AccessDenied") -> None:
        self.code = code
        super().__init__(text)


@dataclass(frozen=True)
class _Claim:
    """What a request says of its signature."""

    access_key: str
    region: str
    timestamp: str
    signed_headers: tuple[str, ...]
    signature: str
    lasts: datetime.timedelta
    in_query: bool


class KeyNeeded:
    """Answers 403 in S3's form to every request that is not signed with the key."""

    def __init__(self, application: Application, access_key: str, secret_key: SecretStr) -> None:
        self._application = application
        self._access_key = access_key
        self._secret_key = secret_key

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request. Source: WSGI, PEP 3333."""
        try:
            self._check(environ)
        except NotSigned as error:
            body = f"<Error><Code>{error.code}</Code><Message>{error}</Message></Error>".encode()
            # its body is not read
            headers = [("Content-Type", "application/xml"), ("Content-Length", str(len(body))), ("Connection", "close")]
            start_response("403 Forbidden", headers)
            return [body]
        return self._application(environ, start_response)

    def _check(self, environ: Environ) -> None:
        if is_on(StoreSabotage.STORE_OPEN_TO_EVERYBODY):
            return
        if "HTTP_ORIGIN" in environ or environ.get("HTTP_SEC_FETCH_SITE", "none") not in _OURS:
            raise NotSigned("requests of web pages are not answered")
        claim = _claim(environ)
        begun = _time(claim.timestamp)
        now = datetime.datetime.now(datetime.UTC)
        if not begun - _SKEW <= now <= begun + claim.lasts:
            raise NotSigned("the signature is not valid at this time")
        if not hmac.compare_digest(claim.access_key.encode(), self._access_key.encode()):
            raise NotSigned("the key is not known", "InvalidAccessKeyId")
        if not hmac.compare_digest(claim.signature.encode(), self._signature(environ, claim).encode()):
            raise NotSigned("the signature does not fit the request", "SignatureDoesNotMatch")

    def _signature(self, environ: Environ, claim: _Claim) -> str:
        # heavy: only in the process that serves
        from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth
        from botocore.awsrequest import AWSRequest
        from botocore.credentials import Credentials

        headers = {name: _header(environ, name) for name in claim.signed_headers}
        request = AWSRequest(method=environ["REQUEST_METHOD"], url=_url(environ), headers=headers)
        request.context["timestamp"] = claim.timestamp
        kind = S3SigV4QueryAuth if claim.in_query else S3SigV4Auth
        auth = kind(Credentials(self._access_key, self._secret_key.get_secret_value()), "s3", claim.region)
        return str(auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request))


def _claim(environ: Environ) -> _Claim:
    header = _AUTHORIZATION.fullmatch(environ.get("HTTP_AUTHORIZATION", ""))
    if header is not None:
        access_key, region, names, signature = header.groups()
        signed = tuple(names.split(";"))
        if not {"host", "x-amz-date", "x-amz-content-sha256"} <= set(signed):
            raise NotSigned("host, x-amz-date and x-amz-content-sha256 have to be signed")
        return _Claim(access_key, region, _header(environ, "x-amz-date"), signed, signature, _SKEW, in_query=False)
    query = {name: values[0] for name, values in parse_qs(environ.get("QUERY_STRING", "")).items()}
    credential, seconds = _CREDENTIAL.fullmatch(query.get("X-Amz-Credential", "")), query.get("X-Amz-Expires", "")
    if credential is None or not re.fullmatch(r"[0-9]{1,6}", seconds):
        raise NotSigned("the request is not signed with AWS Signature Version 4")
    access_key, region = credential.groups()
    signed = tuple(query.get("X-Amz-SignedHeaders", "").split(";"))
    if "host" not in signed:
        raise NotSigned("host has to be signed")
    lasts = min(datetime.timedelta(seconds=int(seconds)), _LONGEST)
    return _Claim(access_key, region, query.get("X-Amz-Date", ""), signed, query.get("X-Amz-Signature", ""), lasts, in_query=True)


def _header(environ: Environ, name: str) -> str:
    variable = name.upper().replace("-", "_")
    return str(environ.get(variable if variable in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{variable}", ""))


def _url(environ: Environ) -> str:
    # as it was sent: decoded and encoded again it might not be what was signed
    sent = urlsplit(str(environ["REQUEST_URI"]))
    query = "&".join(pair for pair in sent.query.split("&") if pair and not pair.startswith("X-Amz-Signature="))
    return f"http://{environ.get('HTTP_HOST', '')}{sent.path}" + (f"?{query}" if query else "")


def _time(timestamp: str) -> datetime.datetime:
    try:
        return datetime.datetime.strptime(timestamp, _TIMESTAMP).replace(tzinfo=datetime.UTC)
    except ValueError:
        raise NotSigned("the time of the signature cannot be read") from None
