"""The object store, over the S3 API: what the platform keeps of a training.

Source: boto3; the keys are our choice (`environments/platforms/tracebloc/messaging/messages.py`).
"""

from dataclasses import replace
from functools import cached_property
from typing import Any

from pydantic import SecretStr

from environments.network.reaching import proxies_to
from environments.platforms.tracebloc.addresses import PlatformAddresses
from support.evidence.kinds import Kind
from support.evidence.recorder import record
from support.names import counted


class ObjectStore:
    """The platform's bucket; boto3 is imported at the first use."""

    def __init__(self, url: str, key: SecretStr, addresses: PlatformAddresses) -> None:
        self._url = url
        self._key = key
        self._addresses = addresses

    @cached_property
    def _s3(self) -> Any:  # noqa: ANN401 - boto3 clients have no static type
        import boto3
        from botocore.config import Config

        return boto3.client(
            "s3",
            endpoint_url=self._url,
            region_name="us-east-1",
            aws_access_key_id=self._addresses.object_store_access_key,
            aws_secret_access_key=self._key.get_secret_value(),
            config=Config(
                signature_version="s3v4",
                proxies=proxies_to(self._url),
                retries={"max_attempts": 2},
                s3={"addressing_style": "path"},
            ),
        )

    def of_somebody_with(self, access_key: str | None = None, key: SecretStr | None = None) -> "ObjectStore":
        """The same store as somebody reaches it who holds another access key, or another secret for it."""
        told = replace(self._addresses, object_store_access_key=access_key or self._addresses.object_store_access_key)
        return ObjectStore(self._url, key or self._key, told)

    def keys(self, prefix: str) -> list[str]:
        """The keys under a prefix."""
        answer = self._s3.list_objects_v2(Bucket=self._addresses.object_store_bucket, Prefix=prefix)
        keys = [item["Key"] for item in answer.get("Contents", [])]
        record(Kind.OBJECTS, f"{prefix}: {counted(len(keys), 'object')}", "\n".join(keys), service="object_store")
        return keys

    def read(self, key: str) -> bytes:
        """An object's bytes; raises botocore's ClientError when there is none."""
        body: bytes = self._s3.get_object(Bucket=self._addresses.object_store_bucket, Key=key)["Body"].read()
        return body

    def write(self, key: str, content: bytes, metadata: dict[str, str]) -> None:
        """Store an object with what is to be noted beside it, as a secure environment does."""
        self._s3.put_object(Bucket=self._addresses.object_store_bucket, Key=key, Body=content, Metadata=metadata)

    def delete(self, prefix: str) -> None:
        """Remove all objects under a prefix."""
        for key in self.keys(prefix):
            self._s3.delete_object(Bucket=self._addresses.object_store_bucket, Key=key)

    def link(self, key: str, seconds: int) -> str:
        """A URL that lets whoever has it read an object for so long; nothing is asked of the store for it."""
        where = {"Bucket": self._addresses.object_store_bucket, "Key": key}
        url: str = self._s3.generate_presigned_url("get_object", Params=where, ExpiresIn=seconds)
        return url

    def metadata(self, key: str) -> dict[str, str]:
        """What was noted beside an object."""
        noted: dict[str, str] = self._s3.head_object(Bucket=self._addresses.object_store_bucket, Key=key)["Metadata"]
        return noted
