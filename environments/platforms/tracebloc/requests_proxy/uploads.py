"""The weights a pod hands in: read with a limit and looked at before anything is stored."""

from dataclasses import dataclass

from fastapi import Request
from pydantic import BaseModel, Field, Json, ValidationError
from starlette.datastructures import FormData, UploadFile

from environments.platforms.tracebloc.messaging.messages import MOST_ROWS, Flops, GramsOfCo2e, Metrics
from environments.platforms.tracebloc.requests_proxy.refusals import Refused
from environments.platforms.tracebloc.sabotages import EdgeSabotage, is_on

MEBIBYTE = 1024 * 1024
ROOM_FOR_THE_OTHER_FIELDS = MEBIBYTE


class TrainedFields(BaseModel):
    """The fields beside the files."""

    rows: int = Field(ge=1, le=MOST_ROWS)
    metrics: Json[Metrics]
    flops: Flops
    grams_co2e: GramsOfCo2e


@dataclass(frozen=True)
class TrainedWeights:
    """What a training pod hands in at its end."""

    fields: TrainedFields
    weights: bytes
    estimator: bytes | None


def most_bytes(limit: int) -> int:
    """How large an upload may be whose files have `limit` bytes at most."""
    return 2 * limit + ROOM_FOR_THE_OTHER_FIELDS


async def read_trained_weights(request: Request, limit: int) -> TrainedWeights:
    """The upload, if it is complete, not too large, and holds tensors; raises Refused."""
    if "content-length" not in request.headers:
        raise Refused(411, "LENGTH_REQUIRED", "say how long the upload is")
    async with request.form(max_files=2, max_fields=len(TrainedFields.model_fields)) as form:
        try:
            fields = TrainedFields.model_validate({name: form.get(name) for name in TrainedFields.model_fields})
        except ValidationError as error:
            problems = "; ".join(f"{e['loc'][0]}: {e['msg']}" for e in error.errors())
            raise Refused(400, "INVALID_REQUEST", problems) from error
        weights = await _file(form, "weights", limit)
        if weights is None:
            raise Refused(400, "INVALID_REQUEST", "weights: the file is missing")
        if not is_on(EdgeSabotage.WEIGHTS_TAKEN_UNSEEN):
            _check_safetensors(weights)
        return TrainedWeights(fields, weights, await _file(form, "estimator", limit))


async def _file(form: FormData, name: str, limit: int) -> bytes | None:
    upload = form.get(name)
    if not isinstance(upload, UploadFile):
        return None
    if (upload.size or 0) > limit and not is_on(EdgeSabotage.UPLOADS_OF_ANY_SIZE_TAKEN):
        raise _too_large(limit)
    return await upload.read()


def _check_safetensors(content: bytes) -> None:
    from safetensors import SafetensorError, deserialize

    try:
        tensors = deserialize(content)  # type: ignore[no-untyped-call]
    except SafetensorError as error:
        raise Refused(400, "INVALID_WEIGHTS", f"the weights are not in the safetensors format: {error}") from error
    if not tensors:
        raise Refused(400, "INVALID_WEIGHTS", "the weights hold no tensor")


def _too_large(limit: int) -> Refused:
    return Refused(413, "WEIGHTS_TOO_LARGE", f"weights may have {limit / MEBIBYTE:g} MiB")
