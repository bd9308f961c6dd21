"""Messages on their way out of the backend.

A message is written in the transaction that causes it and sent after that is kept, so neither can be without the other. What cannot be
sent now is sent by the housekeeping, in the order in which it was written, queue by queue.
"""

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

from sqlalchemy import ForeignKey, Select, Text, or_, select, update
from sqlalchemy.dialects.mysql import MEDIUMTEXT
from sqlalchemy.orm import Mapped, Session, mapped_column

from environments.platforms.tracebloc.backend.storage.database import Database
from environments.platforms.tracebloc.backend.storage.tables import Base, Experiment
from environments.platforms.tracebloc.messaging.messages import (
    CloseRound,
    ScoreSubmission,
    StopTraining,
    TrainCycle,
    backends_message,
    experiments_queue,
)
from environments.platforms.tracebloc.messaging.queues import QueueSender, QueueUnavailable
from environments.platforms.tracebloc.sabotages import ExperimentSabotage, is_on

log = logging.getLogger(__name__)

MOST_AT_ONCE = 8
# a plain text of MariaDB ends at 64 KiB, and a message may be longer
LONG_TEXT = Text().with_variant(MEDIUMTEXT(), "mysql", "mariadb")
# seconds after which whoever wrote a message is taken to be gone; it has long given up by then
WRITER_GONE = 10.0


class OutgoingMessage(Base):
    """A message, kept together with the change that caused it until the Service Bus has accepted it."""

    __tablename__ = "outgoing_messages"
    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(unique=True)
    experiment_id: Mapped[int] = mapped_column(ForeignKey("experiments.id"), index=True)
    submission_id: Mapped[str | None]
    queue: Mapped[str]
    body: Mapped[str] = mapped_column(LONG_TEXT)
    noted_at: Mapped[float] = mapped_column(default=time.time)
    kept: Mapped[bool] = mapped_column(default=False, doc="whether its writer could not send it and has left it to the housekeeping")
    sent: Mapped[bool] = mapped_column(default=False, index=True)


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
    enqueue(session, experiment, experiments_queue(client_id), work, message_id, submission_id)


def enqueue(
    session: Session,
    experiment: Experiment,
    queue: str,
    message: TrainCycle | ScoreSubmission | StopTraining | CloseRound,
    message_id: str,
    submission_id: str | None = None,
) -> None:
    """Note a message in this transaction; the same message is noted once."""
    if session.scalar(select(OutgoingMessage.id).where(OutgoingMessage.message_id == message_id)) is None:
        ids = {"message_id": message_id, "experiment_id": experiment.id, "submission_id": submission_id}
        session.add(OutgoingMessage(queue=queue, body=message.model_dump_json(), **ids))


class Dispatch:
    """Sends noted messages over one lasting link a queue."""

    def __init__(self, database: Database, connection_string: str) -> None:
        self._database = database
        self._connection_string = connection_string
        self._senders: dict[str, QueueSender] = {}
        # one a queue, so that a queue that is away holds up no other
        self._sending: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()
        self._forgotten: set[str] = set()

    def prepare(self, client_id: str) -> None:
        """Open the link to a secure environment's queue in the background, ahead of its first work."""
        queue = experiments_queue(client_id)

        def open_link() -> None:
            try:
                self._sender(queue).open()
            except (QueueUnavailable, OSError) as error:
                log.warning("the link to %s is opened with the first message instead: %s", queue, error)

        threading.Thread(target=open_link, name=f"opening the queue of {client_id}", daemon=True).start()

    def forget(self, client_id: str) -> None:
        """Close the link to the queue of a secure environment that is being removed, for good: an open link would keep or remake it."""
        queue = experiments_queue(client_id)
        with self._lock:
            self._forgotten.add(queue)
            sender = self._senders.pop(queue, None)
        if sender is not None:
            sender.close()

    def send(self, experiment_id: int | None = None) -> None:
        """Send what one experiment has noted and not sent, or what was kept or left over of all; raises QueueUnavailable in the end."""
        queues = self._queues(_unsent(experiment_id))
        if not queues:
            return
        # at the same time, since one that is away takes seconds to say so
        with ThreadPoolExecutor(len(queues[:MOST_AT_ONCE])) as pool:
            sendings = [pool.submit(self._send_to, queue, experiment_id) for queue in queues]
        for sending in sendings:
            sending.result()

    def send_or_keep(self, experiment_id: int | None = None) -> None:
        """Send the same as `send`; what cannot be sent stays noted, for the housekeeping."""
        try:
            self.send(experiment_id)
        except QueueUnavailable as error:
            log.warning("kept for later: %s", error)
            self._keep(experiment_id)

    def withdraw(self, experiment_id: int, submission_id: str | None = None) -> bool:
        """Take back all messages of an experiment or a submission; False, and nothing is taken back, when one of them was sent."""
        own = select(OutgoingMessage).where(OutgoingMessage.experiment_id == experiment_id)
        if submission_id is not None:
            own = own.where(OutgoingMessage.submission_id == submission_id)
        with ExitStack() as held:
            # in order, so that two who do this never wait for each other
            for queue in sorted(self._queues(own)):
                held.enter_context(self._queue_lock(queue))
            with self._database.write() as session:
                messages = session.scalars(own).all()
                if any(message.sent for message in messages):
                    return False
                for message in messages:
                    session.delete(message)
        return True

    def lose_everything(self) -> None:
        """Send nothing of what was noted until now; only asked for by a prepared defect."""
        with self._database.write() as session:
            session.execute(update(OutgoingMessage).values(sent=True))

    def close(self) -> None:
        """Close every link."""
        with self._lock:
            for sender in self._senders.values():
                sender.close()
            self._senders.clear()

    def _queues(self, messages: Select[OutgoingMessage]) -> list[str]:
        with self._database.read() as session:
            return list(session.scalars(messages.with_only_columns(OutgoingMessage.queue).order_by(None).distinct()).all())

    def _send_to(self, queue: str, experiment_id: int | None) -> None:
        lock = self._queue_lock(queue)
        # what is left over can wait until nobody else sends there
        if not lock.acquire(blocking=experiment_id is not None):
            return
        try:
            with self._database.read() as session:
                messages = session.scalars(_unsent(experiment_id).where(OutgoingMessage.queue == queue)).all()
            for message in messages:
                self._sender(queue).send(backends_message.validate_json(message.body), message.message_id)
                with self._database.write() as session:
                    session.get_one(OutgoingMessage, message.id).sent = True
                log.info("sent %s to %s", message.message_id, queue)
        finally:
            lock.release()

    def _keep(self, experiment_id: int | None) -> None:
        with self._database.write() as session:
            for message in session.scalars(_unsent(experiment_id)).all():
                message.kept = True
                message.sent = is_on(ExperimentSabotage.WORK_LOST_WHEN_BUS_IS_AWAY)

    def _queue_lock(self, queue: str) -> threading.Lock:
        with self._lock:
            return self._sending.setdefault(queue, threading.Lock())

    def _sender(self, queue: str) -> QueueSender:
        with self._lock:
            if queue in self._forgotten:
                raise QueueUnavailable(f"queue {queue}: it was removed with its secure environment")
            return self._senders.setdefault(queue, QueueSender(self._connection_string, queue))


def _unsent(experiment_id: int | None) -> Select[OutgoingMessage]:
    unsent = select(OutgoingMessage).where(OutgoingMessage.sent.is_(False)).order_by(OutgoingMessage.id)
    if experiment_id is not None:
        return unsent.where(OutgoingMessage.experiment_id == experiment_id)
    if is_on(ExperimentSabotage.LEFT_OVER_WORK_NEVER_SENT):
        return unsent.where(OutgoingMessage.kept)
    return unsent.where(or_(OutgoingMessage.kept, OutgoingMessage.noted_at < time.time() - WRITER_GONE))
