"""The weights of a cycle in the object store, which is all the averaging service remembers."""

import json
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from environments.platforms.tracebloc.common.outages import Unavailable
from environments.platforms.tracebloc.sabotages import AveragingSabotage, is_on


class StoreUnavailable(Unavailable):
    """The object store does not answer, or refuses; the text says what was asked."""


@dataclass(frozen=True)
class StoredWeights:
    """One object: safetensors, and what its metadata says."""

    content: bytes
    metadata: dict[str, str]


class WeightsStore:
    """Reads and writes weights in one bucket of an S3 object store. Every method raises StoreUnavailable."""

    def __init__(self, url: str, bucket: str) -> None:
        import boto3
        from botocore.config import Config

        self._bucket = bucket
        # whoever asks tries again, so one attempt does, and the lock on the message in hand must outlast it
        config = Config(connect_timeout=3, read_timeout=5, retries={"total_max_attempts": 1})
        self._s3: Any = boto3.client("s3", endpoint_url=url, region_name="us-east-1", config=config)

    def check(self) -> None:
        """Return if the bucket can be reached."""
        try:
            self._s3.head_bucket(Bucket=self._bucket)
        except (BotoCoreError, ClientError) as error:
            raise StoreUnavailable(f"looking for the bucket {self._bucket}: {type(error).__name__}") from error

    def metadata(self, key: str) -> dict[str, str] | None:
        """An object's metadata; None: there is no such object."""
        found = self._find("head_object", key)
        return None if found is None else found["Metadata"]

    def get(self, key: str) -> StoredWeights | None:
        """An object; None: there is no such object."""
        found = self._find("get_object", key)
        return None if found is None else StoredWeights(found["Body"].read(), found["Metadata"])

    def put(self, key: str, content: bytes, metadata: dict[str, Any]) -> None:
        """Store an object; each value of the metadata is kept as JSON."""
        encoded = {name: json.dumps(value) for name, value in metadata.items()}
        try:
            self._s3.put_object(Bucket=self._bucket, Key=key, Body=content, Metadata=encoded)
        except (BotoCoreError, ClientError) as error:
            raise StoreUnavailable(f"writing {key}: {type(error).__name__}") from error

    def _find(self, operation: str, key: str) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = getattr(self._s3, operation)(Bucket=self._bucket, Key=key)
        except (BotoCoreError, ClientError) as error:
            if _is_missing(error) or is_on(AveragingSabotage.STORE_OUTAGE_TAKEN_FOR_MISSING_WEIGHTS):
                return None
            raise StoreUnavailable(f"reading {key}: {type(error).__name__}") from error
        return found


def _is_missing(error: BotoCoreError | ClientError) -> bool:
    return isinstance(error, ClientError) and error.response["Error"]["Code"] in ("404", "NoSuchKey", "NotFound")
