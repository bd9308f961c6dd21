"""Work on its way to the secure environments.

A work order is written in the transaction that causes it and sent after that is kept, so neither can be without the other. A failed
sending is tried again with the next message about the same experiment and at the next start.
"""

import logging
import threading

from sqlalchemy import select
from sqlalchemy.orm import Session

from environments.reference_platform.backend.database import Database
from environments.reference_platform.backend.models import Experiment, WorkOrder
from environments.reference_platform.messages import ScoreSubmission, StopTraining, TrainCycle, experiments_message, experiments_queue
from environments.reference_platform.queues import QueueSender, QueueUnavailable

log = logging.getLogger(__name__)


def order(session: Session, experiment: Experiment, client_id: str, work: TrainCycle | ScoreSubmission | StopTraining) -> None:
    """Note work for a secure environment in this transaction; the same work is noted once."""
    submission_id = None
    match work:
        case TrainCycle():
            message_id = f"train-{work.experiment_key}-{work.cycle}-{client_id}-{work.attempt}"
        case ScoreSubmission():
            message_id, submission_id = f"score-{work.submission_id}-{client_id}", work.submission_id
        case StopTraining():
            message_id = f"stop-{work.experiment_key}-{client_id}"
    if session.scalar(select(WorkOrder.id).where(WorkOrder.message_id == message_id)) is None:
        body = work.model_dump_json()
        ids = {"experiment_id": experiment.id, "submission_id": submission_id, "client_id": client_id}
        session.add(WorkOrder(message_id=message_id, body=body, **ids))


class Dispatch:
    """Sends noted work over one lasting link a queue."""

    def __init__(self, database: Database, connection_string: str) -> None:
        self._database = database
        self._connection_string = connection_string
        self._senders: dict[str, QueueSender] = {}
        self._senders_lock = threading.Lock()
        self._sending = threading.Lock()

    def prepare(self, client_id: str) -> None:
        """Open the link to a secure environment's queue in the background, ahead of its first work."""

        def open_link() -> None:
            try:
                self._sender(client_id).open()
            except (QueueUnavailable, OSError) as error:
                log.warning("the link to %s is opened with the first message instead: %s", experiments_queue(client_id), error)

        threading.Thread(target=open_link, name=f"opening the queue of {client_id}", daemon=True).start()

    def send(self, experiment_id: int | None = None) -> None:
        """Send what is noted and not sent, of one experiment or of all; raises QueueUnavailable."""
        unsent = select(WorkOrder).where(WorkOrder.sent.is_(False)).order_by(WorkOrder.id)
        if experiment_id is not None:
            unsent = unsent.where(WorkOrder.experiment_id == experiment_id)
        with self._sending:
            with self._database.read() as session:
                orders = session.scalars(unsent).all()
            for work_order in orders:
                message = experiments_message.validate_json(work_order.body)
                self._sender(work_order.client_id).send(message, work_order.message_id)
                with self._database.write() as session:
                    session.get_one(WorkOrder, work_order.id).sent = True
                log.info("sent %s to %s", work_order.message_id, work_order.client_id)

    def close(self) -> None:
        """Close every link."""
        with self._senders_lock:
            for sender in self._senders.values():
                sender.close()
            self._senders.clear()

    def _sender(self, client_id: str) -> QueueSender:
        with self._senders_lock:
            if client_id not in self._senders:
                self._senders[client_id] = QueueSender(self._connection_string, experiments_queue(client_id))
            return self._senders[client_id]
