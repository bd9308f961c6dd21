"""The per-pod bearer token: minted by jobs-manager, verified by requests-proxy without any state.

Source: tracebloc client chart 1.9.62 (HMAC with POD_TOKEN_SIGNING_SECRET, expiry, POD_TOKEN_TTL_SECONDS); the encoding is our choice.
"""

import base64
import binascii
import hashlib
import hmac
import time

from pydantic import BaseModel, ValidationError

from environments.platforms.tracebloc.messaging.messages import ScoreSubmission, TrainCycle
from environments.platforms.tracebloc.sabotages import EdgeSabotage, is_on


class PodClaims(BaseModel):
    """What one pod may do: its own work, as one secure environment, until `expires_at` (unix seconds)."""

    pod: str
    client_id: str
    work: TrainCycle | ScoreSubmission
    expires_at: float


class InvalidPodToken(Exception):
    """The token was not made with our secret, was altered, or has expired; the text says which and never holds the token."""


class ExpiredPodToken(InvalidPodToken):
    """The token was good once."""


def mint(claims: PodClaims, signing_secret: str) -> str:
    """A signed token for one pod: base64url(claims) + "." + base64url(HMAC-SHA256)."""
    payload = base64.urlsafe_b64encode(claims.model_dump_json().encode()).decode()
    return f"{payload}.{_signature(payload, signing_secret)}"


def verify(token: str, signing_secret: str) -> PodClaims:
    """The claims of a token; raises InvalidPodToken."""
    payload, _, signature = token.partition(".")
    forged_goes = is_on(EdgeSabotage.FORGED_POD_TOKEN_ACCEPTED)
    if not forged_goes and not hmac.compare_digest(signature.encode(), _signature(payload, signing_secret).encode()):
        raise InvalidPodToken("the pod token's signature is not ours")
    try:
        claims = PodClaims.model_validate_json(base64.urlsafe_b64decode(payload))
    except (binascii.Error, ValidationError) as error:
        raise InvalidPodToken("the pod token cannot be read") from error
    if claims.expires_at <= time.time() and not is_on(EdgeSabotage.EXPIRED_POD_TOKEN_ACCEPTED):
        raise ExpiredPodToken("the pod token has expired")
    return claims


def _signature(payload: str, signing_secret: str) -> str:
    return base64.urlsafe_b64encode(hmac.new(signing_secret.encode(), payload.encode(), hashlib.sha256).digest()).decode()
