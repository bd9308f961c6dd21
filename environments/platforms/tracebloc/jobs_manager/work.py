"""Work from the `experiments` queue: each message becomes one Job, and a message that comes twice starts nothing twice."""

import logging
import secrets
import time
from collections.abc import Callable

from pydantic import ValidationError

from environments.platforms.tracebloc.edge.pod_token import PodClaims, mint
from environments.platforms.tracebloc.jobs_manager.manifests import job_name, training_job
from environments.platforms.tracebloc.jobs_manager.settings import Settings
from environments.platforms.tracebloc.launchers.launcher import Launcher
from environments.platforms.tracebloc.messaging.messages import ScoreSubmission, StopTraining, TrainCycle, experiments_message
from environments.platforms.tracebloc.messaging.queues import PoisonMessage
from environments.platforms.tracebloc.sabotages import EdgeSabotage, is_on

log = logging.getLogger(__name__)


class WorkStarter:
    """Handles the messages of one secure environment's `experiments` queue."""

    def __init__(self, settings: Settings, launcher: Launcher, has_ended: Callable[[str], bool]) -> None:
        self._settings = settings
        self._launcher = launcher
        self._has_ended = has_ended
        if is_on(EdgeSabotage.RUNNING_JOBS_ENDED_AT_START):
            self._stop_training({})

    def __call__(self, message: str) -> None:
        """Create the Job of one message, or end an experiment's pods.

        Training for an experiment that has ended is not begun: its message may come after the one that ends it, or come again.
        Raises PoisonMessage for what can never be work, Unavailable for what may work later.
        """
        try:
            work = experiments_message.validate_json(message)
        except ValidationError as error:
            problems = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_input=False))
            raise PoisonMessage(f"this is no work for a secure environment: {problems}") from error
        if isinstance(work, StopTraining):
            self._stop_training({"tracebloc.io/experiment": work.experiment_key})
        elif isinstance(work, TrainCycle) and self._comes_too_late(work):
            log.info("experiment %s cycle %d: not begun, since the experiment has ended", work.experiment_key, work.cycle)
        else:
            self._start(work)

    def _comes_too_late(self, work: TrainCycle) -> bool:
        return self._has_ended(work.experiment_key) and not is_on(EdgeSabotage.STOPPED_WORK_TAKEN_UP)

    def _start(self, work: TrainCycle | ScoreSubmission) -> None:
        settings = self._settings
        name = job_name(work, settings.client_id)
        claims = PodClaims(pod=name, client_id=settings.client_id, work=work, expires_at=time.time() + settings.pod_token_ttl_seconds)
        token = mint(claims, settings.pod_token_signing_secret.get_secret_value())
        job = training_job(work, token, settings)
        if is_on(EdgeSabotage.REDELIVERED_WORK_TRAINED_TWICE):
            job["metadata"]["name"] += f"-{secrets.token_hex(2)}"
        if is_on(EdgeSabotage.POD_TOKEN_LOGGED):
            log.info("job %s gets %s", name, token)
        created = self._launcher.create_job(job)
        log.info("experiment %s cycle %d: job %s %s", work.experiment_key, work.cycle, name, "created" if created else "was there already")

    def _stop_training(self, labels: dict[str, str]) -> None:
        """Stop the training jobs that have these labels, too."""
        training = {"tracebloc.io/client-id": self._settings.client_id, "tracebloc.io/kind": "train", **labels}
        if is_on(EdgeSabotage.SCORING_STOPPED_WITH_TRAINING):
            del training["tracebloc.io/kind"]
        for pod in self._launcher.list_pods(training):
            if pod.phase in ("Pending", "Running"):
                self._launcher.stop_job(pod.name)
                log.info("job %s stopped", pod.name)
