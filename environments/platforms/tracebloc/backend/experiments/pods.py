"""What a secure environment reports of its pods, and asks of the experiments they are for. Source: our choice."""

from typing import Any, Literal

from fastapi import APIRouter, Response
from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from environments.platforms.tracebloc.backend.accounts.authentication import Edge
from environments.platforms.tracebloc.backend.errors import not_found
from environments.platforms.tracebloc.backend.requests.context import Backend, Context, Sent
from environments.platforms.tracebloc.backend.storage.tables import Experiment, Pod, SecureEnvironment
from environments.platforms.tracebloc.backend.training import cycles
from environments.platforms.tracebloc.backend.training.scoring import scoring_failed, submission_of
from environments.platforms.tracebloc.common.descriptions import refusals
from environments.platforms.tracebloc.messaging.messages import participant_weights_key
from environments.platforms.tracebloc.sabotages import ExperimentSabotage, is_on

router = APIRouter()

_ORDER = ("Pending", "Running", "Succeeded", "Failed")


class PodReport(Sent):
    """The state of one pod."""

    name: str = Field(max_length=253)
    experiment_key: str
    cycle: int = Field(ge=0, le=1_000_000)
    attempt: int = Field(default=1, ge=1, le=1000)
    kind: Literal["train", "score"]
    submission_id: str | None = Field(default=None, max_length=64)
    phase: Literal["Pending", "Running", "Succeeded", "Failed"]
    exit_code: int | None = Field(default=None, ge=-(2**31), lt=2**31)
    reason: str | None = Field(default=None, max_length=2000)


@router.post("/edge-device/pods/", status_code=204, responses=refusals(404))
def report(told: PodReport, edge: Edge, context: Context) -> Response:
    """Keep the state of a pod and do what follows from it; a report that is repeated or late changes nothing."""
    weights_arrived = told.phase == "Failed" and told.kind == "train" and _weights_arrived(told, edge, context)
    with context.database.write() as session:
        experiment = cycles.locked(session, told.experiment_key)
        if experiment is None or edge.client_id not in cycles.sites(experiment):
            raise not_found("experiment")
        pod = _keep(experiment, told, edge)
        if pod.phase != "Pending":
            cycles.epoch_or_pod_seen(experiment)
        if pod.kind == "score":
            _scoring_pod_changed(session, experiment, pod)
        elif pod.phase == "Failed" and not weights_arrived:
            cycles.training_pod_failed(session, experiment, pod)
        elif pod.phase == "Succeeded":
            cycles.pods_changed(session, experiment)
    context.dispatch.send_or_keep(experiment.id)
    return Response(status_code=204)


@router.get("/edge-device/experiments/{key}/")
def show_experiment(key: str, edge: Edge, context: Context) -> dict[str, Any]:
    """Whether an experiment on this secure environment's rows has ended; 404 for any other."""
    with context.database.read() as session:
        experiment = session.scalar(select(Experiment).where(Experiment.key == key))
        if experiment is None or edge.client_id not in cycles.sites(experiment):
            raise not_found("experiment")
        return {"experiment_key": experiment.key, "ended": cycles.ended(experiment)}


def _weights_arrived(told: PodReport, edge: SecureEnvironment, context: Backend) -> bool:
    return context.store.exists(participant_weights_key(told.experiment_key, told.cycle, edge.client_id))


def _keep(experiment: Experiment, told: PodReport, edge: SecureEnvironment) -> Pod:
    pod = next((pod for pod in experiment.pods if (pod.client_id, pod.name) == (edge.client_id, told.name)), None)
    fields = told.model_dump(exclude={"experiment_key"})
    if pod is None:
        pod = Pod(client_id=edge.client_id, **fields)
        experiment.pods.append(pod)
    elif is_on(ExperimentSabotage.LATE_REPORTS_BELIEVED):
        pod.phase = told.phase
    # an ended pod stays as it ended
    elif pod.phase not in ("Succeeded", "Failed") and _ORDER.index(told.phase) >= _ORDER.index(pod.phase):
        pod.phase, pod.exit_code, pod.reason = told.phase, told.exit_code, told.reason
    return pod


def _scoring_pod_changed(session: Session, experiment: Experiment, pod: Pod) -> None:
    submission = submission_of(session, pod.submission_id)
    if pod.phase != "Failed" or submission is None or submission.experiment_id != experiment.id:
        return
    if all(score.client_id != pod.client_id for score in submission.scores):
        scoring_failed(submission, f"pod {pod.name} on secure environment {pod.client_id}: exit code {pod.exit_code}")
