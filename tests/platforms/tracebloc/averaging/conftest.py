"""An object store and the messages of one cycle."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import numpy as np
import pytest
import safetensors.numpy
from moto.server import ThreadedMotoServer

from environments.platforms.tracebloc.averaging_service.store import WeightsStore
from environments.platforms.tracebloc.messaging.messages import WeightsReady, averaged_weights_key, participant_weights_key

BUCKET = "tracebloc"


class Cycle:
    """Cycle 1 of an experiment of its own, as the requests proxies of its participants feed it."""

    def __init__(self, s3: Any, url: str, experiment_key: str, participants: tuple[str, ...] = ("edge-1", "edge-2")) -> None:  # noqa: ANN401
        self.s3, self.url, self.experiment_key, self.participants = s3, url, experiment_key, list(participants)

    def upload(self, client: str, rows: int, *values: float, content: bytes | None = None, metadata: dict[str, str] | None = None) -> str:
        """Store what a participant trained; returns the message that tells so."""
        if content is None:
            content = safetensors.numpy.save({"w": np.array(values, dtype=np.float32)})
        key = participant_weights_key(self.experiment_key, 1, client)
        described = {"rows": str(rows), "metrics": json.dumps({"accuracy": rows / 100}), **(metadata or {})}
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=content, Metadata=described)
        return self.message(client, rows)

    def message(self, client: str, rows: int) -> str:
        ready = WeightsReady(
            experiment_key=self.experiment_key,
            cycle=1,
            client_id=client,
            rows=rows,
            weights_key=participant_weights_key(self.experiment_key, 1, client),
            metrics={"accuracy": rows / 100},
            participants=self.participants,
        )
        return ready.model_dump_json()

    def averaged(self) -> list[float] | None:
        """The averaged tensor `w`; None: there is no average yet."""
        content = self.averaged_bytes()
        return None if content is None else [float(value) for value in safetensors.numpy.load(content)["w"]]

    def averaged_bytes(self) -> bytes | None:
        key = averaged_weights_key(self.experiment_key, 1)
        if not self.s3.list_objects_v2(Bucket=BUCKET, Prefix=key).get("Contents"):
            return None
        content: bytes = self.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
        return content

    def store(self) -> WeightsStore:
        return WeightsStore(self.url, BUCKET)


@pytest.fixture(scope="session")
def object_store() -> Iterator[tuple[Any, str]]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ACCESS_KEY_ID", "test")
        environment.setenv("AWS_SECRET_ACCESS_KEY", "test")
        server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
        server.start()
        host, port = server.get_host_and_port()
        url = f"http://{host}:{port}"
        s3 = boto3.client("s3", endpoint_url=url, region_name="us-east-1")
        s3.create_bucket(Bucket=BUCKET)
        yield s3, url
        server.stop()


@pytest.fixture
def cycle(object_store: tuple[Any, str], request: pytest.FixtureRequest) -> Cycle:
    return Cycle(*object_store, experiment_key=f"exp-{request.node.name}")
