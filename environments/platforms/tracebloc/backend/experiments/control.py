"""Experiments: started and followed by the SDK, paused and stopped in the web app.

Source: tracebloc SDK 1.2.63 (`experiments/`, `experiments/inference-only/`, `experiment-status/`); the rest is our choice.
"""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter
from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from environments.platforms.tracebloc.backend.accounts.authentication import Person
from environments.platforms.tracebloc.backend.data.chosen_rows import divide, read_choice, refuse_left_out
from environments.platforms.tracebloc.backend.data.datasets import class_counts
from environments.platforms.tracebloc.backend.errors import Refusal, not_found
from environments.platforms.tracebloc.backend.models.linking import uploaded_model, use_case_of
from environments.platforms.tracebloc.backend.requests.context import Backend, Context, SentFields
from environments.platforms.tracebloc.backend.requests.pages import PageWanted, in_order
from environments.platforms.tracebloc.backend.storage.tables import (
    FLOPS_PER_PETAFLOP,
    Account,
    Experiment,
    ExperimentStatus,
    Membership,
    ModelUpload,
    RunKind,
    Submission,
    Team,
    UseCase,
)
from environments.platforms.tracebloc.backend.training import cycles, plans
from environments.platforms.tracebloc.backend.training.plans import estimated_flops, read_cycles, read_plan, require_mandatory
from environments.platforms.tracebloc.backend.training.scoring import hand_in
from environments.platforms.tracebloc.backend.use_cases.cases import membership_of
from environments.platforms.tracebloc.common.descriptions import form as described_form
from environments.platforms.tracebloc.common.descriptions import refusals
from environments.platforms.tracebloc.messaging.queues import QueueUnavailable
from environments.platforms.tracebloc.sabotages import ExperimentSabotage, is_on

router = APIRouter()

_PLAN = described_form("application/x-www-form-urlencoded", plans.MANDATORY, plans.OPTIONAL)
# estimators that are nothing without what they learnt
_ESTIMATOR_FRAMEWORKS = ("sklearn", "scikit_survival", "lifelines")


@router.post("/experiments/", status_code=201, openapi_extra=_PLAN)
def start(form: SentFields, person: Person, context: Context) -> dict[str, Any]:
    """Start a training as the SDK asks for it."""
    require_mandatory(form)
    with context.database.write() as session:
        team = _team_with_budget(session, form["dataset_key"], person)
        use_case, model = team.use_case, uploaded_model(session, form["model_name"], person)
        plan, number_of_cycles = read_plan(form, use_case.task, model.header), read_cycles(form)
        divided = divide(use_case.datasets("train"), read_choice(form))
        refuse_left_out(divided)
        experiment = Experiment(
            use_case=use_case, team=team, model=model, name=form["name"].strip(), run_kind=RunKind.TRAINING, cycles=number_of_cycles,
            epochs=plan.epochs, plan=plan.model_dump(), form=form,
        )  # fmt: skip
        session.add(experiment)
        session.flush()
        cycles.begin_next_cycle(session, experiment)
        chosen = sum(sum(choice.values()) for choice in divided.values())
        rows = chosen or sum(dataset.record_count for dataset in use_case.datasets("train"))
        warning = _budget_warning(estimated_flops(form, rows, plan, number_of_cycles), team)
    _send_or_forget(context, experiment)
    return {**_started(experiment), "budget_warning": warning}


@router.post("/experiments/inference-only/", status_code=201, responses=refusals(429))
def start_inference(fields: dict[str, Any], person: Person, context: Context) -> dict[str, Any]:
    """Score a stored model on the test data without training; it counts as one of the team's submissions of the day."""
    require_mandatory(fields)
    with context.database.write() as session:
        team = _team_with_budget(session, str(fields["dataset_key"]), person)
        use_case, model = team.use_case, uploaded_model(session, str(fields["model_name"]), person)
        _refuse_unlearnt(model)
        experiment = Experiment(
            use_case=use_case, team=team, model=model, name=str(fields["name"]).strip(), run_kind=RunKind.INFERENCE, cycles=0,
            epochs=0, plan={}, form=fields,
        )  # fmt: skip
        session.add(experiment)
        session.flush()
        submission = hand_in(session, experiment, person, cycle=0, weights_key=model.weights_key())
        class_order = list(class_counts(use_case.datasets("train")))
    _send_or_forget(context, experiment)
    source = "upload" if model.weights_suffix else "random_init"
    return {**_started(experiment), "inference_id": submission.id, "weights_source": source, "class_order": class_order}


@router.get("/experiment-status/{key}/")
def status(key: str, person: Person, context: Context) -> dict[str, Any]:
    """What the SDK shows of an experiment; 404 for another team's."""
    with context.database.read() as session:
        return _status_json(own_experiment(session, key, person))


@router.get("/experiments/")
def list_own(person: Person, context: Context, page: PageWanted, use_case: str | None = None) -> list[dict[str, Any]]:
    """The experiments of the caller's teams, newest first, a page at a time; cycles and pods are shown with each one alone."""
    teams = select(Membership.team_id).where(Membership.account_id == person.id)
    if use_case is not None:
        teams = teams.join(UseCase, UseCase.id == Membership.use_case_id).where(UseCase.key == use_case)
    with context.database.read() as session:
        own = [select(Experiment.id).where(Experiment.team_id == team_id) for team_id in session.scalars(teams)]
        numbers = page.of(session, *own)
        listed = select(Experiment).where(Experiment.id.in_(numbers)).options(defer(Experiment.form), defer(Experiment.plan))
        return [_summary(experiment) for experiment in in_order(session.scalars(listed).all(), numbers)]


@router.get("/experiments/{key}/")
def show(key: str, person: Person, context: Context) -> dict[str, Any]:
    """One experiment of the caller's team, with its cycles and pods."""
    with context.database.read() as session:
        return as_json(own_experiment(session, key, person))


@router.post("/experiments/{key}/pause/", responses=refusals(409))
def pause(key: str, person: Person, context: Context) -> dict[str, Any]:
    """Begin no new cycle until it is resumed; the running one goes on to its end."""

    def paused(_session: Session, experiment: Experiment) -> None:
        pausable = experiment.run_kind == RunKind.TRAINING or is_on(ExperimentSabotage.RUN_WITHOUT_TRAINING_PAUSED)
        if cycles.ended(experiment) or experiment.status == ExperimentStatus.PAUSED or not pausable:
            raise _wrong_state(experiment, "paused")
        experiment.status = ExperimentStatus.PAUSED

    return _change(key, person, context, paused)


@router.post("/experiments/{key}/resume/", responses=refusals(409))
def resume(key: str, person: Person, context: Context) -> dict[str, Any]:
    """Go on with a paused experiment."""

    def resumed(session: Session, experiment: Experiment) -> None:
        if experiment.status != ExperimentStatus.PAUSED:
            raise _wrong_state(experiment, "resumed")
        cycles.resume(session, experiment)

    return _change(key, person, context, resumed)


@router.post("/experiments/{key}/stop/", responses=refusals(409))
def stop(key: str, person: Person, context: Context) -> dict[str, Any]:
    """End an experiment for good; its training pods end, what is being scored goes on."""

    def stopped(session: Session, experiment: Experiment) -> None:
        if cycles.ended(experiment):
            raise _wrong_state(experiment, "stopped")
        cycles.break_off(session, experiment, ExperimentStatus.STOPPED)

    return _change(key, person, context, stopped)


def own_experiment(session: Session, key: str, person: Account, *, lock: bool = False) -> Experiment:
    """An experiment of one of the caller's teams, locked for a change if asked for; Refusal 404 for any other."""
    experiment = cycles.locked(session, key) if lock else session.scalar(select(Experiment).where(Experiment.key == key))
    membership = membership_of(session, experiment.use_case, person) if experiment else None
    if experiment is None or membership is None or not _is_theirs(experiment, membership):
        raise not_found("experiment")
    return experiment


def _is_theirs(experiment: Experiment, membership: Membership) -> bool:
    return membership.team_id == experiment.team_id or is_on(ExperimentSabotage.EXPERIMENT_VISIBLE_TO_OTHER_TEAMS)


def _summary(experiment: Experiment) -> dict[str, Any]:
    return {
        **_status_json(experiment),
        "name": experiment.name,
        "run_kind": experiment.run_kind,
        "cycles": experiment.cycles,
        "epochs": experiment.epochs,
        "use_case": experiment.use_case.key,
        "team": experiment.team.name,
        "petaflops": experiment.flops / FLOPS_PER_PETAFLOP,
        "grams_co2e": experiment.grams_co2e,
    }


def as_json(experiment: Experiment) -> dict[str, Any]:
    """All that members are shown of an experiment."""
    pod_fields = ("name", "client_id", "cycle", "attempt", "kind", "phase", "exit_code", "reason")
    spent = {(report.client_id, report.pod): report.flops / FLOPS_PER_PETAFLOP for report in experiment.flops_reports}
    return {
        **_summary(experiment),
        "pods": [
            {**{field: getattr(pod, field) for field in pod_fields}, "petaflops": spent.get((pod.client_id, pod.name))}
            for pod in experiment.pods
        ],
        "cycle_results": [
            {
                "cycle": cycle.number,
                "status": cycle.status,
                "metrics": cycle.metrics,
                "epochs": [{"epoch": epoch.number, "client_id": epoch.client_id, "metrics": epoch.metrics} for epoch in cycle.epochs],
                "weights_key": cycle.weights_key,
                "rows": cycle.rows,
                "left_out": cycles.left_out(experiment, cycle),
            }
            for cycle in experiment.cycle_results
        ],
    }


def _status_json(experiment: Experiment) -> dict[str, Any]:
    return {
        "experiment_key": experiment.key,
        "experimentKey": experiment.key,
        "status": experiment.status,
        "status_display": ExperimentStatus(experiment.status).display,
        "category": experiment.category,
        **({} if is_on(ExperimentSabotage.STATUS_REASON_MISSING) else {"reason": experiment.reason}),
    }


def _change(key: str, person: Account, context: Backend, change: Callable[[Session, Experiment], None]) -> dict[str, Any]:
    with context.database.write() as session:
        experiment = own_experiment(session, key, person, lock=True)
        change(session, experiment)
        answer = as_json(experiment)
    context.dispatch.send_or_keep(experiment.id)
    return answer


def _team_with_budget(session: Session, dataset_key: str, person: Account) -> Team:
    use_case = use_case_of(session, dataset_key)
    membership = membership_of(session, use_case, person) if use_case else None
    if membership is None:
        raise Refusal(403, "NOT_A_MEMBER", "You are not part of this use case.")
    if membership.team.flops_left() == 0 and not is_on(ExperimentSabotage.START_ALLOWED_WITHOUT_BUDGET):
        raise Refusal(403, "BUDGET_EXHAUSTED", "Your team has no compute budget left.")
    return membership.team


def _budget_warning(flops: int, team: Team) -> str | None:
    left = team.flops_left()
    if flops <= left:
        return None
    return f"The plan will cost about {flops / FLOPS_PER_PETAFLOP:.6g} PetaFLOPs, {left / FLOPS_PER_PETAFLOP:.6g} are left."


def _refuse_unlearnt(model: ModelUpload) -> None:
    framework = model.header["framework"]
    if framework in _ESTIMATOR_FRAMEWORKS and model.weights_suffix is None:
        raise Refusal(400, "NO_WEIGHTS", f"A {framework} model can only be scored with weights.")


def _send_or_forget(context: Backend, experiment: Experiment) -> None:
    """Send the experiment's first work; if none of it can be sent, the experiment is not kept."""
    try:
        context.dispatch.send(experiment.id)
    except QueueUnavailable:
        if is_on(ExperimentSabotage.START_REFUSED_BUT_EXPERIMENT_KEPT):
            raise
        if not context.dispatch.withdraw(experiment.id):
            # one of several secure environments has got its work: the others get theirs later
            return
        with context.database.write() as session:
            for submission in session.scalars(select(Submission).where(Submission.experiment_id == experiment.id)).all():
                session.delete(submission)
            session.flush()
            session.delete(session.get_one(Experiment, experiment.id))
        raise


def _started(experiment: Experiment) -> dict[str, Any]:
    pre_trained = experiment.model.weights_suffix is not None
    return {
        "experiment_key": experiment.key,
        "experimentKey": experiment.key,
        "run_kind": experiment.run_kind,
        "pre_trained_weights": pre_trained,
    }


def _wrong_state(experiment: Experiment, participle: str) -> Refusal:
    return Refusal(409, "INVALID_STATE", f"An experiment that is {ExperimentStatus(experiment.status).display} cannot be {participle}.")
