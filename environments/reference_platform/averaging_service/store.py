"""The weights of a cycle in the object store, which is all the averaging service remembers."""

import json
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError


@dataclass(frozen=True)
class StoredWeights:
    """One object: safetensors, and what its metadata says; `version` changes with the content."""

    content: bytes
    metadata: dict[str, str]
    version: str


class WeightsStore:
    """Reads and writes weights in one bucket of an S3 object store."""

    def __init__(self, url: str, bucket: str) -> None:
        import boto3
        from botocore.config import Config

        self._bucket = bucket
        self._s3: Any = boto3.client(
            "s3", endpoint_url=url, region_name="us-east-1", config=Config(retries={"mode": "standard", "total_max_attempts": 4})
        )

    def check(self) -> None:
        """Raises botocore's error unless the bucket can be reached."""
        self._s3.head_bucket(Bucket=self._bucket)

    def metadata(self, key: str) -> dict[str, str] | None:
        """An object's metadata; None: there is no such object."""
        try:
            metadata: dict[str, str] = self._s3.head_object(Bucket=self._bucket, Key=key)["Metadata"]
        except ClientError as error:
            if _is_missing(error):
                return None
            raise
        return metadata

    def get(self, key: str) -> StoredWeights | None:
        """An object; None: there is no such object."""
        try:
            answer = self._s3.get_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            if _is_missing(error):
                return None
            raise
        return StoredWeights(answer["Body"].read(), answer["Metadata"], answer["ETag"].strip('"'))

    def put(self, key: str, content: bytes, metadata: dict[str, Any]) -> None:
        """Store an object; each value of the metadata is kept as JSON."""
        encoded = {name: json.dumps(value) for name, value in metadata.items()}
        self._s3.put_object(Bucket=self._bucket, Key=key, Body=content, Metadata=encoded)


def _is_missing(error: ClientError) -> bool:
    return error.response["Error"]["Code"] in ("404", "NoSuchKey", "NotFound")
