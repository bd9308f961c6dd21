"""The life of an experiment: from its first cycle to its end. Every function works within the caller's transaction.

Source: our choice; the statuses Running, Averaging and Completed, and reasons like "Resource: ...", are in tracebloc's documents and SDK.
"""

import logging
import math

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from environments.platforms.tracebloc.backend.data.chosen_rows import divide, read_choice
from environments.platforms.tracebloc.backend.data.datasets import class_counts, features
from environments.platforms.tracebloc.backend.storage.dispatch import enqueue, order
from environments.platforms.tracebloc.backend.storage.tables import (
    FLOPS_PER_PETAFLOP,
    Cycle,
    CycleStatus,
    Dataset,
    Experiment,
    ExperimentStatus,
    Pod,
    RunKind,
    UseCase,
)
from environments.platforms.tracebloc.backend.training.plans import read_model_input
from environments.platforms.tracebloc.messaging.messages import (
    AVERAGING_QUEUE,
    CloseRound,
    DatasetTable,
    StopTraining,
    TrainCycle,
    TrainingPlan,
)
from environments.platforms.tracebloc.sabotages import ExperimentSabotage, is_on

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 2
_IN_PROGRESS = (ExperimentStatus.PENDING, ExperimentStatus.RUNNING, ExperimentStatus.AVERAGING)


def locked(session: Session, experiment_key: str) -> Experiment | None:
    """The experiment, changed by nobody else until this transaction ends."""
    return session.scalar(select(Experiment).where(Experiment.key == experiment_key).with_for_update())


def participants(experiment: Experiment) -> list[str]:
    """Client ids of the secure environments whose rows the experiment trains on."""
    return [dataset.environment.client_id for dataset in experiment.use_case.datasets("train")]


def sites(experiment: Experiment) -> set[str]:
    """Client ids of all the secure environments that hold rows of the use case."""
    return {attached.dataset.environment.client_id for attached in experiment.use_case.attached}


def current_cycle(experiment: Experiment) -> Cycle | None:
    """The cycle begun last."""
    return experiment.cycle_results[-1] if experiment.cycle_results else None


def cycle_numbered(experiment: Experiment, number: int) -> Cycle | None:
    """A cycle that was begun."""
    return next((cycle for cycle in experiment.cycle_results if cycle.number == number), None)


def current_weights(experiment: Experiment) -> str | None:
    """Object key of the weights that were averaged last."""
    return next((cycle.weights_key for cycle in reversed(experiment.cycle_results) if cycle.weights_key), None)


def table_of(use_case: UseCase, dataset: Dataset) -> DatasetTable:
    """Where a dataset's rows stand, with columns and classes in the order that all of the use case shares."""
    training = use_case.datasets("train")
    return DatasetTable(
        table=dataset.physical_table or dataset.table_name,
        ingestor_id=dataset.ingestor_id,
        intent="test" if dataset.intent == "test" else "train",
        features=features(training[0]),
        classes=list(class_counts(training[:1] if is_on(ExperimentSabotage.CLASSES_OF_ONE_ENVIRONMENT_ONLY) else training)),
    )


def begin_next_cycle(session: Session, experiment: Experiment) -> None:
    """Order the next cycle from every secure environment that holds training rows."""
    last = current_cycle(experiment)
    experiment.cycle_results.append(Cycle(number=last.number + 1 if last else 1))
    for client_id in participants(experiment):
        _order_training(session, experiment, client_id, attempt=1)


def overdue(session: Session, now: float) -> list[str]:
    """Keys of the experiments whose cycle's time is up."""
    own_time = select(Experiment.key).join(Cycle).join(UseCase).where(Cycle.begun_at + UseCase.round_seconds <= now)
    waiting = own_time.where(Cycle.status != CycleStatus.COMPLETED, Cycle.closing.is_(False))
    return list(session.scalars(waiting.where(Experiment.status.in_((*_IN_PROGRESS, ExperimentStatus.PAUSED)))).all())


def close_round(session: Session, experiment: Experiment) -> None:
    """Ask for the averaging of the current cycle with the weights that are there by then; a cycle is closed once."""
    cycle = current_cycle(experiment)
    if cycle is None or cycle.status == CycleStatus.COMPLETED or cycle.closing:
        return
    cycle.closing = True
    everybody = participants(experiment)
    rounded = math.floor if is_on(ExperimentSabotage.QUORUM_ROUNDED_DOWN) else math.ceil
    quorum = max(1, rounded(experiment.use_case.quorum * len(everybody)))
    message = CloseRound(experiment_key=experiment.key, cycle=cycle.number, participants=everybody, quorum=quorum)
    enqueue(session, experiment, AVERAGING_QUEUE, message, f"close-{experiment.key}-{cycle.number}")
    log.info("experiment %s: the time of cycle %s is up", experiment.key, cycle.number)


def left_out(experiment: Experiment, cycle: Cycle) -> list[str]:
    """Client ids of the participants without whose weights a cycle was completed."""
    return sorted(set(participants(experiment)) - set(cycle.rows)) if cycle.status == CycleStatus.COMPLETED else []


def stop_everything(session: Session) -> None:
    """Stop every experiment that is in progress."""
    session.execute(update(Experiment).where(Experiment.status.in_(_IN_PROGRESS)).values(status=ExperimentStatus.STOPPED))


def epoch_or_pod_seen(experiment: Experiment) -> None:
    """Something of the experiment runs."""
    if experiment.status == ExperimentStatus.PENDING:
        experiment.status = ExperimentStatus.RUNNING


def pods_changed(session: Session, experiment: Experiment) -> None:
    """Averaging once every participant has a pod of the current cycle that succeeded."""
    cycle = current_cycle(experiment)
    if cycle is None or cycle.status == CycleStatus.COMPLETED or not _all_succeeded(experiment, cycle):
        return
    cycle.status = CycleStatus.AVERAGING
    if is_on(ExperimentSabotage.CYCLE_DONE_WITHOUT_WEIGHTS):
        complete_cycle(session, experiment, cycle, weights_key=None, rows={}, metrics={})
    elif experiment.status in _IN_PROGRESS and not is_on(ExperimentSabotage.AVERAGING_NEVER_SHOWN):
        experiment.status = ExperimentStatus.AVERAGING


def training_pod_failed(session: Session, experiment: Experiment, pod: Pod) -> None:
    """Train again on that secure environment, or give up after the last attempt."""
    cycle = current_cycle(experiment)
    if cycle is None or cycle.number != pod.cycle or cycle.status == CycleStatus.COMPLETED or ended(experiment):
        return
    if pod.attempt < MOST_ATTEMPTS + is_on(ExperimentSabotage.FAILING_TRAINING_TRIED_ONCE_MORE):
        _order_training(session, experiment, pod.client_id, attempt=pod.attempt + 1)
        return
    why = f"exit code {pod.exit_code}" + (f", {pod.reason}" if pod.reason else "")
    words = f"Infra: training pod {pod.name} failed on secure environment {pod.client_id} ({why}) in the last of {MOST_ATTEMPTS} attempts"
    break_off(session, experiment, ExperimentStatus.FAILED, "infra", words)


def complete_cycle(
    session: Session, experiment: Experiment, cycle: Cycle, weights_key: str | None, rows: dict[str, int], metrics: dict[str, float]
) -> None:
    """Keep what the cycle gave and go on; a cycle completes once."""
    if cycle.status == CycleStatus.COMPLETED:
        return
    cycle.status, cycle.weights_key, cycle.rows, cycle.metrics = CycleStatus.COMPLETED, weights_key, rows, metrics
    goes_on = experiment.status in _IN_PROGRESS
    if goes_on or (is_on(ExperimentSabotage.PAUSED_RUN_GOES_ON) and experiment.status == ExperimentStatus.PAUSED):
        go_on(session, experiment)


def go_on(session: Session, experiment: Experiment) -> None:
    """After a completed cycle: the end of the budget, the next cycle, or the end of the experiment.

    What the cycle's weights cost comes with them, so it is counted by now; what else comes later counts after the next cycle.
    """
    cycle, team = current_cycle(experiment), experiment.team
    if team.flops_left() == 0 and not is_on(ExperimentSabotage.BUDGET_NOT_CHECKED_BETWEEN_CYCLES):
        budget, spent = team.flops_allowed() / FLOPS_PER_PETAFLOP, team.flops_spent / FLOPS_PER_PETAFLOP
        words = f"Resource: compute budget exhausted ({spent:.6g} of {budget:.6g} PetaFLOPs used)"
        break_off(session, experiment, ExperimentStatus.STOPPED, "resource", words)
    elif cycle is not None and cycle.number >= experiment.cycles:
        end(experiment, ExperimentStatus.COMPLETED)
    else:
        begin_next_cycle(session, experiment)
        experiment.status = ExperimentStatus.RUNNING


def resume(session: Session, experiment: Experiment) -> None:
    """Take up a paused experiment where it stands."""
    cycle = current_cycle(experiment)
    if cycle is not None and cycle.status == CycleStatus.COMPLETED:
        go_on(session, experiment)
        if not is_on(ExperimentSabotage.RESUMED_RUN_NEVER_ENDS):
            return
    seen = experiment.pods or (cycle is not None and cycle.epochs)
    experiment.status = ExperimentStatus.RUNNING if seen else ExperimentStatus.PENDING
    pods_changed(session, experiment)


def ended(experiment: Experiment) -> bool:
    """Whether nothing changes the experiment's status any more."""
    return experiment.status in (ExperimentStatus.COMPLETED, ExperimentStatus.FAILED, ExperimentStatus.STOPPED)


def end(experiment: Experiment, status: ExperimentStatus, category: str | None = None, reason: str | None = None) -> None:
    """End an experiment that has not ended."""
    if not ended(experiment):
        experiment.status, experiment.category, experiment.reason = status, category, reason
        log.info("experiment %s: %s %s", experiment.key, status.display, reason or "")


def break_off(
    session: Session, experiment: Experiment, status: ExperimentStatus, category: str | None = None, reason: str | None = None
) -> None:
    """End an experiment that has not ended before its time: what still trains for it is told to stop.

    Whoever's weights are in a completed cycle trains no more, and its pod may end by itself.
    """
    cycle = current_cycle(experiment)
    if ended(experiment):
        return
    end(experiment, status, category, reason)
    if cycle is None or is_on(ExperimentSabotage.STOPPED_EXPERIMENT_KEEPS_TRAINING):
        return
    for client_id in participants(experiment):
        if client_id not in cycle.rows:
            order(session, experiment, client_id, StopTraining(experiment_key=experiment.key))


def _all_succeeded(experiment: Experiment, cycle: Cycle) -> bool:
    done = {pod.client_id for pod in experiment.pods if pod.cycle == cycle.number and pod.kind == "train" and pod.phase == "Succeeded"}
    return done >= set(participants(experiment))


def _order_training(session: Session, experiment: Experiment, client_id: str, attempt: int) -> None:
    cycle = current_cycle(experiment)
    if cycle is None or experiment.run_kind != RunKind.TRAINING:
        return
    earlier = None if is_on(ExperimentSabotage.NEXT_CYCLE_STARTS_FROM_SCRATCH) else cycle_numbered(experiment, cycle.number - 1)
    if attempt > 1 and is_on(ExperimentSabotage.REPLACEMENT_STARTS_FROM_SCRATCH):
        earlier = None
    forgets = attempt > 1 and is_on(ExperimentSabotage.SECOND_ATTEMPT_TAKES_ALL_ROWS)
    use_case = experiment.use_case
    dataset = next(dataset for dataset in use_case.datasets("train") if dataset.environment.client_id == client_id)
    work = TrainCycle(
        experiment_key=experiment.key,
        cycle=cycle.number,
        framework=experiment.model.header["framework"],
        category=use_case.task,
        model_key=experiment.model.file_key(),
        weights_key=earlier.weights_key if earlier else experiment.model.weights_key(),
        tokenizer_key=experiment.model.tokenizer_key(),
        model_input=read_model_input(experiment.form),
        dataset=table_of(use_case, dataset),
        attempt=attempt,
        plan=TrainingPlan.model_validate(experiment.plan),
        participants=participants(experiment),
        chosen_rows={} if forgets else divide(use_case.datasets("train"), read_choice(experiment.form))[client_id],
    )
    order(session, experiment, client_id, work)
