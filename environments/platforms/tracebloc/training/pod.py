"""The training pod: fetch the work, read the rows, run the model, hand over what came out.

Exit code 0, or another with one line in the log that says why; the code tells what kind of failure it was.
"""

import logging
import signal
import tempfile
from pathlib import Path
from types import FrameType
from typing import NoReturn

from environments.platforms.tracebloc import sabotages
from environments.platforms.tracebloc.common import service
from environments.platforms.tracebloc.edge.pod_failures import PodFailure
from environments.platforms.tracebloc.messaging.messages import ScoreSubmission, TrainCycle
from environments.platforms.tracebloc.sabotages import TrainingSabotage, is_on
from environments.platforms.tracebloc.training import confinement, emissions
from environments.platforms.tracebloc.training.data import Rows, UnreadableRows, draw
from environments.platforms.tracebloc.training.protocol import EpochDone, Limits, ModelFailed, Order, Outcome, Task, Trained
from environments.platforms.tracebloc.training.readers import read_rows
from environments.platforms.tracebloc.training.readers.storage import Storage
from environments.platforms.tracebloc.training.requests_proxy import RequestsProxy, RequestsProxyError, Spent
from environments.platforms.tracebloc.training.sandbox import ModelProcess
from environments.platforms.tracebloc.training.settings import Settings
from environments.processes import late_environment
from environments.reference_services.settings import read_settings


def main() -> None:
    """Run the pod."""
    # forked before the environment is there: none of its secrets is in the model process's memory
    with ModelProcess() as model_process:
        late_environment.receive()
        log = service.begin("training")
        signal.signal(signal.SIGTERM, _stop)
        settings = read_settings(Settings)
        try:
            _run(settings, model_process, log)
        except (ModelFailed, UnreadableRows, RequestsProxyError, OSError) as error:
            told = "" if is_on(TrainingSabotage.UNUSABLE_MODELS_FAIL_WITHOUT_A_WORD) else error
            log.error("pod %s failed: %s", settings.pod_name, told)
            raise SystemExit(getattr(error, "cause", PodFailure.OTHER)) from None


def _run(settings: Settings, model_process: ModelProcess, log: logging.Logger) -> None:
    with RequestsProxy(settings.requests_proxy_url, settings.requests_proxy_token.get_secret_value()) as requests_proxy:
        task = _task(requests_proxy, Storage(settings.database_url.get_secret_value(), settings.shared_folder))
        log.info("%s of %s, cycle %s: %s rows", task.work.kind, task.work.experiment_key, task.work.cycle, len(task.rows))

        def tell(epoch: EpochDone) -> None:
            log.info("epoch %s: %s", epoch.epoch, epoch.metrics)
            requests_proxy.epoch_finished(epoch.epoch, epoch.metrics)

        scratch = settings.experiment_scratch_path.resolve()
        scratch.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="model-", dir=scratch, ignore_cleanup_errors=True) as folder:
            limits = Limits(deadline_seconds=settings.training_deadline_seconds, memory_bytes=settings.memory_limit_bytes)
            outcome = model_process.run(Order(task, limits, Path(folder), confinement.library_paths(), sabotages.switched_on()), tell)
        _hand_over(outcome, requests_proxy, log)


def _task(requests_proxy: RequestsProxy, storage: Storage) -> Task:
    work = requests_proxy.work()
    rows = chosen_rows(read_rows(storage, work), work)
    file_name, model_file = requests_proxy.model()
    weights = requests_proxy.weights()
    estimator = requests_proxy.estimator() if work.kind == "score_submission" and work.framework == "sklearn" else None
    tokenizer = requests_proxy.tokenizer() if work.tokenizer_key else None
    return Task(work, rows, file_name, model_file, weights, estimator, tokenizer)


def chosen_rows(rows: Rows, work: TrainCycle | ScoreSubmission) -> Rows:
    """The rows that the plan trains on, the same in every cycle; what is scored is scored on all of them."""
    if not isinstance(work, TrainCycle) or not work.chosen_rows or is_on(TrainingSabotage.CHOSEN_ROWS_IGNORED):
        return rows
    classes = work.dataset.classes
    chosen = {classes.index(label) if label else None: number for label, number in work.chosen_rows.items() if number}
    anew = work.cycle if is_on(TrainingSabotage.ROWS_DRAWN_ANEW_IN_EVERY_CYCLE) else 0
    return draw(rows, chosen, (work.plan.seed or 0) + anew)


def _hand_over(outcome: Outcome, requests_proxy: RequestsProxy, log: logging.Logger) -> None:
    event = outcome.event
    if isinstance(event, Trained):
        spent = Spent(event.flops, emissions.grams_co2e(event.processor_seconds))
        # at once, and again with the weights: they may end the cycle, and the next one must not begin over the budget
        requests_proxy.spent(spent)
        requests_proxy.trained(event.rows, event.metrics, spent, outcome.attachments)
        log.info("trained on %s rows, %s floating point operations", event.rows, event.flops)
    else:
        requests_proxy.scored(event.rows, event.score)
        log.info("scored %s on %s rows", event.score, event.rows)


def _stop(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(128 + signal.SIGTERM)
