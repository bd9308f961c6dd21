"""The object store as the requests proxy uses it: whole objects in one bucket. Source: the S3 API, by boto3; the keys are our choice."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar

from environments.platforms.tracebloc.messaging.messages import participant_weights_key
from environments.platforms.tracebloc.sabotages import EdgeSabotage, is_on

Answer = TypeVar("Answer")


class NotStored(Exception):
    """There is no such object; the text names its key."""


class ObjectStoreUnavailable(Exception):
    """The object store does not answer, or refuses; the text says to what."""


class ObjectStore:
    """One bucket; safe to use from any thread."""

    def __init__(self, url: str, bucket: str) -> None:
        import boto3
        from botocore.config import Config

        # both attempts together have to fail before the pod gives up on this proxy, so that it hears why
        patience = 0.2 if is_on(EdgeSabotage.IMPATIENT_WITH_A_SLOW_STORE) else 10
        config = Config(connect_timeout=3, read_timeout=patience, retries={"total_max_attempts": 2}, s3={"addressing_style": "path"})
        self._bucket = bucket
        self._client: Any = boto3.client("s3", endpoint_url=url, region_name="us-east-1", config=config)

    def read(self, key: str) -> bytes:
        """One object; raises NotStored or ObjectStoreUnavailable."""
        answer = self._ask(lambda: self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read(), f"reading {key}")
        return bytes(answer)

    def write(self, key: str, content: bytes, metadata: dict[str, str] | None = None) -> None:
        """Put one object, replacing one of that key; raises ObjectStoreUnavailable."""
        self._ask(lambda: self._client.put_object(Bucket=self._bucket, Key=key, Body=content, Metadata=metadata or {}), f"writing {key}")

    def estimator_of(self, experiment_key: str, cycle: int, client_id: str) -> bytes | None:
        """A cycle's fitted estimator: this secure environment's own, else the first other participant's, else None."""
        folder = f"experiments/{experiment_key}/cycles/{cycle}/participants/"
        listing = self._ask(lambda: self._client.list_objects_v2(Bucket=self._bucket, Prefix=folder), f"listing {folder}")
        keys = sorted(entry["Key"] for entry in listing.get("Contents", []) if entry["Key"].endswith("/estimator.pkl"))
        own = estimator_key(experiment_key, cycle, client_id)
        if is_on(EdgeSabotage.OWN_ESTIMATOR_ALONE_FOUND):
            keys = [key for key in keys if key == own]
        return self.read(own if own in keys else keys[0]) if keys else None

    def _ask(self, call: Callable[[], Answer], what: str) -> Answer:
        from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

        try:
            return call()
        except ClientError as error:
            if error.response["Error"]["Code"] in ("NoSuchKey", "404"):
                raise NotStored(f"{what}: there is no such object") from error
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == HTTPStatus.INSUFFICIENT_STORAGE:
                raise ObjectStoreUnavailable(f"{what}: the object store is full") from error
            raise ObjectStoreUnavailable(f"{what}: {error.response['Error']['Code']}") from error
        except (BotoCoreError, HTTPClientError) as error:
            raise ObjectStoreUnavailable(f"{what}: {type(error).__name__}") from error


def estimator_key(experiment_key: str, cycle: int, client_id: str) -> str:
    """Object key of the fitted estimator beside a participant's weights (scikit-learn only)."""
    return participant_weights_key(experiment_key, cycle, client_id).replace("weights.safetensors", "estimator.pkl")
