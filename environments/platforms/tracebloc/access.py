"""Whether a deployment of tracebloc lets us in, asked before any scenario runs. Source: our choice."""

import ssl
from http import HTTPStatus

import httpx

from environments.direct_http import direct_client
from environments.errors import SubstrateError
from environments.existing_deployments import Places
from environments.platforms.tracebloc.messages import RESULTS_QUEUE
from environments.platforms.tracebloc.services import ACCESS_KEY, AMQP, BUCKET, BUS_KEY, STORE_KEY, connection_string
from environments.reaching import proxies_to
from environments.service_bus.minting import CannotMint, settings_of

PATIENCE_SECONDS = 10.0


def refuse_closed(places: Places) -> None:
    """Return if backend, Service Bus and object store let us in; raises SubstrateError with a sentence."""
    _backend_answers(places.address("backend").url)
    try:
        settings_of(connection_string(places.address("service_bus", AMQP), places.secret(BUS_KEY)), RESULTS_QUEUE)
    except CannotMint as error:
        if (why := _distrust(error)) is not None:
            raise SubstrateError(f"the Service Bus cannot be asked: {why}") from None
        raise SubstrateError(f"the secret '{BUS_KEY}' does not open the Service Bus, or no more: {error}") from None
    _store_opens(places.address("object_store").url, places.secret(STORE_KEY))


def _backend_answers(url: str) -> None:
    try:
        with direct_client(url, timeout=PATIENCE_SECONDS) as http:
            status = http.get("/healthz").status_code
    except httpx.HTTPError as error:
        why = _distrust(error) or str(error) or type(error).__name__
        raise SubstrateError(f"the backend at {url} cannot be asked: {why}") from None
    if status != HTTPStatus.OK:
        raise SubstrateError(f"the backend at {url} is not healthy (HTTP {status})")


def _distrust(error: BaseException) -> str | None:
    """Why a certificate is not to be trusted; None when that is not what went wrong."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its certificate is not to be trusted ({cause.verify_message.rstrip('.')})"
        # what botocore caught it keeps as an argument only
        cause = cause.__cause__ or cause.__context__ or getattr(cause, "kwargs", {}).get("error")
    return None


def _store_opens(url: str, key: str) -> None:
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError

    patience = Config(
        proxies=proxies_to(url),
        retries={"max_attempts": 1},
        connect_timeout=PATIENCE_SECONDS,
        read_timeout=PATIENCE_SECONDS,
        # a bucket is no host of its own behind most addresses
        s3={"addressing_style": "path"},
    )
    names = {"endpoint_url": url, "region_name": "us-east-1", "aws_access_key_id": ACCESS_KEY, "aws_secret_access_key": key}
    try:
        boto3.client("s3", config=patience, **names).head_bucket(Bucket=BUCKET)
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        raise SubstrateError(f"the secret '{STORE_KEY}' does not open the object store at {url}, or no more (HTTP {status})") from None
    except BotoCoreError as error:
        raise SubstrateError(f"the object store at {url} cannot be asked: {_distrust(error) or error}") from None
