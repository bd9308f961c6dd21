"""Why somebody could not be asked, in words: a certificate that is not trusted, or a proxy that lets nobody through.

Source: our choice; what httpx, urllib3 and botocore raise.
"""

import ssl
from collections.abc import Iterator

PROXY_WANTS_A_PASSWORD = 407
"""HTTP status; nobody but a proxy answers so."""


def why_not_asked(error: BaseException, proxy: str | None = None) -> str:
    """What kept us from asking somebody; it names the proxy on the way, if there is one."""
    distrusted = next((each for each in _causes(error) if isinstance(each, ssl.SSLCertVerificationError)), None)
    if distrusted is not None:
        why = f"its certificate is not trusted ({distrusted.verify_message.rstrip('.')})"
        return f"{why}; if the proxy {proxy} opens what is encrypted, `ca_file` has to name its authority" if proxy else why
    words = str(error) or type(error).__name__
    if proxy is None:
        return words
    if any(f"{PROXY_WANTS_A_PASSWORD} " in str(each) for each in _causes(error)):
        return wants_a_password(proxy)
    return f"{words} (by the proxy {proxy})"


def wants_a_password(proxy: str | None) -> str:
    """Why a proxy that answers 407 lets nobody through."""
    return f"the proxy {proxy or 'on the way'} wants a password (HTTP {PROXY_WANTS_A_PASSWORD}): it has to let this machine through without"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error with what it came from."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        # what botocore caught it keeps as an argument only, and urllib3 as another one
        kept = getattr(cause, "kwargs", {}).get("error") or getattr(cause, "original_error", None)
        cause = kept or cause.__cause__ or cause.__context__
