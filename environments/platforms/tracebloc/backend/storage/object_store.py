"""The object store (S3) as the backend uses it: it keeps the uploaded model files."""

import threading
from typing import Any

from environments.platforms.tracebloc.backend.errors import Refusal
from environments.reference_services.server_timing import note_call


class ObjectStore:
    """One bucket; boto3 is imported at the first use, since it is slow to import."""

    def __init__(self, url: str, bucket: str) -> None:
        self._url = url
        self._bucket = bucket
        self._lock = threading.Lock()
        self._connection: Any = None

    def put(self, key: str, content: bytes) -> None:
        """Store an object; Refusal 503 when the store does not answer."""
        self._call("put_object", Key=key, Body=content)

    def get(self, key: str) -> bytes:
        """An object's bytes; Refusal 503 when the store does not answer."""
        content: bytes = self._call("get_object", Key=key)["Body"].read()
        return content

    def delete(self, prefix: str) -> None:
        """Remove every object under a prefix; Refusal 503 when the store does not answer."""
        while found := self._call("list_objects_v2", Prefix=prefix).get("Contents"):
            for one in found:
                self._call("delete_object", Key=one["Key"])

    def exists(self, key: str) -> bool:
        """Whether there is such an object; Refusal 503 when the store does not answer."""
        return bool(self._call("list_objects_v2", Prefix=key, MaxKeys=1).get("KeyCount"))

    def download_url(self, key: str, seconds: int = 300) -> str:
        """Where anybody can download an object for so long; nothing is asked of the store for it."""
        url: str = self._client().generate_presigned_url("get_object", Params={"Bucket": self._bucket, "Key": key}, ExpiresIn=seconds)
        return url

    def _call(self, operation: str, **arguments: object) -> dict[str, Any]:
        from botocore.exceptions import BotoCoreError, ClientError

        note_call("object_store")
        try:
            answer: dict[str, Any] = getattr(self._client(), operation)(Bucket=self._bucket, **arguments)
        except (BotoCoreError, ClientError) as error:
            raise Refusal(503, "STORE_UNAVAILABLE", f"The platform cannot reach its object store ({type(error).__name__}).") from error
        return answer

    def _client(self) -> Any:  # noqa: ANN401 - boto3 has no types
        with self._lock:
            if self._connection is None:
                import boto3
                from botocore.config import Config

                # the signature of addresses, too: by default they have an older one
                few_retries = Config(connect_timeout=2, read_timeout=10, retries={"total_max_attempts": 3}, signature_version="s3v4")
                self._connection = boto3.client("s3", endpoint_url=self._url, region_name="us-east-1", config=few_retries)
            return self._connection
