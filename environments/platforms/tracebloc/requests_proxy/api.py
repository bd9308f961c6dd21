"""The requests proxy's HTTP surface. Source: our choice; public are the bearer token and that 401 means it has expired (chart 1.9.62)."""

import json
import logging
from collections.abc import Awaitable, Callable
from pathlib import PurePosixPath
from typing import Annotated

from fastapi import Depends, FastAPI, Request, Response, Security
from fastapi.concurrency import run_in_threadpool
from fastapi.security import HTTPBearer
from pydantic import BaseModel, Field, FiniteFloat
from starlette.datastructures import Headers

from environments.platforms.tracebloc.common.bodies import Bodies
from environments.platforms.tracebloc.common.descriptions import also, describe, file, form, refusals
from environments.platforms.tracebloc.edge.pod_token import InvalidPodToken, PodClaims, verify
from environments.platforms.tracebloc.messaging.messages import (
    MOST_ROWS,
    Flops,
    GramsOfCo2e,
    Metrics,
    ScoreSubmission,
    TrainCycle,
    participant_weights_key,
)
from environments.platforms.tracebloc.requests_proxy.object_store import ObjectStore, estimator_key
from environments.platforms.tracebloc.requests_proxy.refusals import Refused, install
from environments.platforms.tracebloc.requests_proxy.relay import Relay
from environments.platforms.tracebloc.requests_proxy.settings import Settings
from environments.platforms.tracebloc.requests_proxy.uploads import TrainedFields, TrainedWeights, most_bytes, read_trained_weights
from environments.platforms.tracebloc.sabotages import EdgeSabotage, is_on

log = logging.getLogger(__name__)

BYTES = "application/octet-stream"
# only tells the OpenAPI document of it
_DESCRIPTION = HTTPBearer(auto_error=False, scheme_name="pod token")
_TRAINED = form("multipart/form-data", tuple(TrainedFields.model_fields), (), ("weights", "estimator"))
_FILE = file() | also(204) | refusals(404)
PodOfToken = Callable[..., Awaitable[PodClaims]]


class EpochReport(BaseModel):
    """One epoch's metrics, measured on the validation split."""

    epoch: int = Field(ge=1, le=1_000_000)
    metrics: Metrics


class FlopsReport(BaseModel):
    """What the pod spent."""

    flops: Flops
    grams_co2e: GramsOfCo2e


class ScoreReport(BaseModel):
    """What a submission scored on this secure environment's test rows."""

    rows: int = Field(ge=1, le=MOST_ROWS)
    score: FiniteFloat


def application(settings: Settings, store: ObjectStore, relay: Relay) -> FastAPI:
    """The application that speaks with this secure environment's pods."""
    api = FastAPI(title="requests-proxy", docs_url=None, redoc_url=None)
    install(api)
    describe(api)
    secret = settings.pod_token_signing_secret.get_secret_value()

    async def pod(request: Request, _described: Annotated[object, Security(_DESCRIPTION)]) -> PodClaims:
        return claims_of(request.headers)

    def claims_of(headers: Headers) -> PodClaims:
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme != "Bearer":
            raise InvalidPodToken("send Authorization: Bearer with the pod's token")
        return verify(token, secret)

    async def known(headers: Headers) -> bool:
        try:
            claims_of(headers)
        except InvalidPodToken:
            return False
        return True

    api.add_middleware(Bodies, known=known, with_files={"/v1/weights": most_bytes(settings.max_weights_bytes)})
    _install_downloads(api, pod, store)
    _install_reports(api, pod, relay)

    @api.post("/v1/weights", status_code=202, openapi_extra=_TRAINED, responses=refusals(411))
    async def weights(request: Request, claims: Annotated[PodClaims, Depends(pod)]) -> None:
        work = _training(claims)
        trained = await read_trained_weights(request, settings.max_weights_bytes)
        await run_in_threadpool(_take_weights, claims, work, trained, store, relay)

    return api


def _install_downloads(api: FastAPI, pod: PodOfToken, store: ObjectStore) -> None:
    @api.get("/v1/work")
    def work(claims: Annotated[PodClaims, Depends(pod)]) -> TrainCycle | ScoreSubmission:
        return claims.work

    @api.get("/v1/model", response_class=Response, responses=_FILE)
    def model(claims: Annotated[PodClaims, Depends(pod)]) -> Response:
        return _file(claims.work.model_key, store)

    @api.get("/v1/weights", response_class=Response, responses=_FILE)
    def initial_weights(claims: Annotated[PodClaims, Depends(pod)]) -> Response:
        key = claims.work.weights_key
        return _file(key, store) if key else Response(status_code=204)

    @api.get("/v1/tokenizer", response_class=Response, responses=_FILE)
    def tokenizer(claims: Annotated[PodClaims, Depends(pod)]) -> Response:
        key = claims.work.tokenizer_key
        return _file(key, store) if key else Response(status_code=204)

    @api.get("/v1/estimator", response_class=Response, responses=_FILE)
    def estimator(claims: Annotated[PodClaims, Depends(pod)]) -> Response:
        work = _scoring(claims)
        content = store.estimator_of(work.experiment_key, work.cycle, claims.client_id)
        return Response(status_code=204) if content is None else Response(content, media_type=BYTES)


def _install_reports(api: FastAPI, pod: PodOfToken, relay: Relay) -> None:
    @api.post("/v1/epochs", status_code=202)
    def epochs(report: EpochReport, claims: Annotated[PodClaims, Depends(pod)]) -> None:
        if not is_on(EdgeSabotage.JOBS_KIND_NOT_CHECKED):
            _training(claims)
        relay.epoch(claims, report.epoch, report.metrics)

    @api.post("/v1/flops", status_code=202)
    def flops(report: FlopsReport, claims: Annotated[PodClaims, Depends(pod)]) -> None:
        relay.flops(claims, report.flops, report.grams_co2e)

    @api.post("/v1/score", status_code=202)
    def score(report: ScoreReport, claims: Annotated[PodClaims, Depends(pod)]) -> None:
        work = _scoring(claims)
        relay.score(claims, work, report.rows, report.score)
        log.info("pod %s scored submission %s", claims.pod, work.submission_id)


def _take_weights(claims: PodClaims, work: TrainCycle, trained: TrainedWeights, store: ObjectStore, relay: Relay) -> None:
    rows, metrics = trained.fields.rows, trained.fields.metrics
    key = participant_weights_key(work.experiment_key, work.cycle, claims.client_id)
    if trained.estimator is not None:
        store.write(estimator_key(work.experiment_key, work.cycle, claims.client_id), trained.estimator)
    spent = relay.spending(claims, trained.fields.flops, trained.fields.grams_co2e)
    cost = {} if spent is None else {"spent": spent.model_dump_json()}
    store.write(key, trained.weights, {"rows": str(rows), "metrics": json.dumps(metrics)} | cost)
    # only now: whoever hears of the weights has to find them
    relay.weights(claims, work, key, rows, metrics)
    log.info("pod %s handed in weights trained on %d rows (%d bytes)", claims.pod, rows, len(trained.weights))


def _file(key: str, store: ObjectStore) -> Response:
    return Response(store.read(key), media_type=BYTES, headers={"X-File-Name": PurePosixPath(key).name})


def _training(claims: PodClaims) -> TrainCycle:
    if not isinstance(claims.work, TrainCycle):
        raise Refused(403, "WRONG_KIND", "this pod was made to score, not to train")
    return claims.work


def _scoring(claims: PodClaims) -> ScoreSubmission:
    if not isinstance(claims.work, ScoreSubmission):
        raise Refused(403, "WRONG_KIND", "this pod was made to train, not to score")
    return claims.work
