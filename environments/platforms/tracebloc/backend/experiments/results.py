"""What comes back over the queues `results` and `flops`; the same message twice is as good as once. Source: our choice."""

import logging
import math

from pydantic import ValidationError
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from environments.platforms.tracebloc.backend.requests.context import Backend
from environments.platforms.tracebloc.backend.storage.tables import (
    Cycle,
    Epoch,
    Experiment,
    ExperimentStatus,
    FlopsReport,
    Membership,
    Team,
)
from environments.platforms.tracebloc.backend.training import cycles
from environments.platforms.tracebloc.backend.training.scoring import scored, submission_of
from environments.platforms.tracebloc.messaging.messages import (
    FLOPS_QUEUE,
    RESULTS_QUEUE,
    CycleAveraged,
    EpochFinished,
    FlopsSpent,
    RoundFailed,
    SubmissionScored,
    WeightsRefused,
    results_message,
)
from environments.platforms.tracebloc.messaging.queues import PoisonMessage, QueueConsumer
from environments.platforms.tracebloc.sabotages import ExperimentSabotage, is_on

log = logging.getLogger(__name__)


def consumers(backend: Backend) -> list[QueueConsumer]:
    """The backend's two consumers, not started yet."""
    connection_string = backend.settings.service_bus_connection_string.get_secret_value()
    return [
        QueueConsumer(connection_string, RESULTS_QUEUE, lambda body: handle_result(backend, body)),
        QueueConsumer(connection_string, FLOPS_QUEUE, lambda body: handle_flops(backend, body)),
    ]


def handle_result(backend: Backend, body: str) -> None:
    """Take in one message of the queue `results`; raises PoisonMessage for one that can never be taken in."""
    try:
        message = results_message.validate_json(body)
    except ValidationError as error:
        raise PoisonMessage(f"not a result: {error.error_count()} errors") from error
    with backend.database.write() as session:
        experiment = _experiment(session, message.experiment_key)
        match message:
            case EpochFinished():
                _epoch_finished(session, experiment, message)
            case CycleAveraged() if is_on(ExperimentSabotage.CYCLE_DONE_WITHOUT_WEIGHTS):
                log.info("sabotaged: a cycle is done when its pods are, whatever becomes of their weights")
            case CycleAveraged():
                for spent in message.spent:
                    _count_once(session, experiment, spent)
                cycle = _cycle(experiment, message.cycle)
                metrics = _numbers_of(message.metrics)
                cycles.complete_cycle(session, experiment, cycle, message.weights_key, message.rows, metrics)
            case WeightsRefused():
                words = f"Model: the weights of secure environment {_blamed(experiment, message)} cannot be averaged: {message.reason}"
                cycles.break_off(session, experiment, ExperimentStatus.FAILED, "model", words)
            case RoundFailed():
                cycles.break_off(session, experiment, ExperimentStatus.FAILED, "infra", _why_the_round_failed(message))
            case SubmissionScored():
                _submission_scored(session, experiment, message)
    log.info("experiment %s cycle %s: %s", message.experiment_key, message.cycle, message.kind)
    if not isinstance(message, EpochFinished):
        # by far the most messages, and none of them makes work for anybody
        backend.dispatch.send_or_keep(experiment.id)


def handle_flops(backend: Backend, body: str) -> None:
    """Count what a pod spent, once a pod; raises PoisonMessage for a message that can never be counted."""
    try:
        message = FlopsSpent.model_validate_json(body)
    except ValidationError as error:
        raise PoisonMessage(f"not a report of FLOPs: {error.error_count()} errors") from error
    with backend.database.write() as session:
        _count_once(session, _experiment(session, message.experiment_key), message)


def _count_once(session: Session, experiment: Experiment, spent: FlopsSpent) -> None:
    """Count what a pod spent unless it is counted already: it comes by two ways, and the second one finds it done."""
    if spent.client_id not in cycles.sites(experiment) and not is_on(ExperimentSabotage.STRANGERS_REPORTS_COUNTED):
        raise PoisonMessage(f"secure environment {spent.client_id} takes no part in experiment {experiment.key}")
    if session.get(FlopsReport, (experiment.id, spent.client_id, spent.pod)) is None:
        fields = spent.model_dump(include={"client_id", "pod", "cycle", "flops", "grams_co2e"})
        session.add(FlopsReport(experiment_id=experiment.id, **fields))
    elif not is_on(ExperimentSabotage.DUPLICATE_DELIVERY_COUNTED_TWICE):
        return
    experiment.flops += spent.flops
    experiment.grams_co2e += spent.grams_co2e
    charged = experiment.use_case.teams if is_on(ExperimentSabotage.FLOPS_CHARGED_TO_EVERY_TEAM) else [experiment.team]
    for team in charged:
        # in SQL, since two experiments of a team may be counted at once
        team.flops_spent = Team.flops_spent + spent.flops
    if is_on(ExperimentSabotage.USE_CASES_SHARE_TEAMS):
        members = [membership.account_id for membership in experiment.team.memberships]
        theirs = select(Membership.team_id).where(Membership.account_id.in_(members), Membership.team_id != experiment.team_id)
        session.execute(update(Team).where(Team.id.in_(theirs)).values(flops_spent=Team.flops_spent + spent.flops))
    session.flush()
    session.refresh(experiment.team)


def _experiment(session: Session, key: str) -> Experiment:
    experiment = cycles.locked(session, key)
    if experiment is None:
        raise PoisonMessage(f"there is no experiment {key}")
    return experiment


def _numbers_of(metrics: dict[str, float]) -> dict[str, float]:
    # a training that diverges measures NaN, which JSON cannot hold
    return {name: value for name, value in metrics.items() if math.isfinite(value)}


def _cycle(experiment: Experiment, number: int) -> Cycle:
    cycle = cycles.cycle_numbered(experiment, number)
    if cycle is None:
        raise PoisonMessage(f"experiment {experiment.key} has no cycle {number}")
    return cycle


def _epoch_finished(session: Session, experiment: Experiment, message: EpochFinished) -> None:
    if message.client_id not in cycles.participants(experiment):
        raise PoisonMessage(f"secure environment {message.client_id} takes no part in experiment {experiment.key}")
    cycle = _cycle(experiment, message.cycle)
    number, known = message.epoch, session.get(Epoch, (cycle.id, message.epoch, message.client_id))
    if known is not None and is_on(ExperimentSabotage.KILLED_POD_COUNTED_TWICE):
        number, known = message.epoch + experiment.epochs, None
    if known is None:
        # not by way of the cycle's list: for that all earlier epochs would be read
        session.add(Epoch(cycle_id=cycle.id, number=number, client_id=message.client_id, metrics=_numbers_of(message.metrics)))
    else:
        # a second attempt trains the epoch anew
        known.metrics = _numbers_of(message.metrics)
    cycles.epoch_or_pod_seen(experiment)


def _blamed(experiment: Experiment, message: WeightsRefused) -> str:
    others = [each for each in cycles.participants(experiment) if each != message.client_id]
    return others[0] if others and is_on(ExperimentSabotage.ANOTHER_ENVIRONMENT_BLAMED) else message.client_id


def _why_the_round_failed(message: RoundFailed) -> str:
    missing = ", ".join(message.missing)
    return f"Infra: the time of cycle {message.cycle} was up without {missing}; it needs {message.quorum} secure environments or more"


def _submission_scored(session: Session, experiment: Experiment, message: SubmissionScored) -> None:
    submission = submission_of(session, message.submission_id)
    elsewhere = submission is not None and submission.experiment_id != experiment.id
    if submission is None or (elsewhere and not is_on(ExperimentSabotage.SCORE_OF_ANOTHER_EXPERIMENT_TAKEN)):
        raise PoisonMessage(f"experiment {experiment.key} has no submission {message.submission_id}")
    if message.client_id not in {dataset.environment.client_id for dataset in experiment.use_case.datasets("test")}:
        raise PoisonMessage(f"secure environment {message.client_id} holds no test rows of experiment {experiment.key}")
    scored(session, submission, message)
