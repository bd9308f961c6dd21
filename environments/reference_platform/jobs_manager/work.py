"""Work from the `experiments` queue: each message becomes one Job, and a message that comes twice starts nothing twice."""

import logging
import time

from pydantic import ValidationError

from environments.reference_platform.jobs_manager.manifests import job_name, training_job
from environments.reference_platform.jobs_manager.settings import Settings
from environments.reference_platform.launchers.launcher import Launcher
from environments.reference_platform.messages import experiments_message
from environments.reference_platform.pod_token import PodClaims, mint
from environments.reference_platform.queues import PoisonMessage

log = logging.getLogger(__name__)


class WorkStarter:
    """Handles the messages of one secure environment's `experiments` queue."""

    def __init__(self, settings: Settings, launcher: Launcher) -> None:
        self._settings = settings
        self._launcher = launcher

    def __call__(self, message: str) -> None:
        """Create the Job of one message; raises PoisonMessage for what can never be work, LauncherUnavailable for what may work later."""
        try:
            work = experiments_message.validate_json(message)
        except ValidationError as error:
            problems = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_input=False))
            raise PoisonMessage(f"this is no work for a secure environment: {problems}") from error
        settings = self._settings
        name = job_name(work, settings.client_id)
        claims = PodClaims(pod=name, client_id=settings.client_id, work=work, expires_at=time.time() + settings.pod_token_ttl_seconds)
        token = mint(claims, settings.pod_token_signing_secret.get_secret_value())
        created = self._launcher.create_job(training_job(work, token, settings))
        log.info("experiment %s cycle %d: job %s %s", work.experiment_key, work.cycle, name, "created" if created else "was there already")
