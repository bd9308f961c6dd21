"""Names of Jobs: the same work always gets the same name, and every name is a DNS-1123 label of at most 63 characters."""

import hashlib
import re

from environments.platforms.tracebloc.messaging.messages import ScoreSubmission, TrainCycle

UNSAFE = re.compile(r"[^a-z0-9]+")


def training_job_name(work: TrainCycle, client_id: str) -> str:
    """The Job of one attempt at one cycle on one secure environment."""
    return f"train-{shortened(work.experiment_key, 32)}-c{work.cycle}-{digest(client_id)}-a{work.attempt}"


def scoring_job_name(work: ScoreSubmission, client_id: str) -> str:
    """The Job that scores one submission on one secure environment."""
    return f"score-{shortened(work.experiment_key, 24)}-c{work.cycle}-{digest(client_id)}-s{shortened(work.submission_id, 12)}"


def ingestion_job_name(client_id: str, idempotency_key: str) -> str:
    """The Job of one ingestion run. Source: tracebloc client chart 1.9.62 (`ingest-job-<hash>`)."""
    return f"ingest-job-{digest(f'{client_id}/{idempotency_key}', 12)}"


def shortened(text: str, limit: int) -> str:
    """`text` as part of a DNS-1123 label; one that had to be changed ends with a hash, so that it stays unlike any other."""
    safe = UNSAFE.sub("-", text.lower()).strip("-")
    if safe == text and len(safe) <= limit:
        return safe
    return f"{safe[: limit - 9].strip('-')}-{digest(text)}".strip("-")


def digest(text: str, length: int = 8) -> str:
    """The first hexadecimal digits of the text's SHA-256."""
    return hashlib.sha256(text.encode()).hexdigest()[:length]
