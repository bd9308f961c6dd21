"""The queues of each secure environment, with keys that open nothing else.

A key of a queue that all share could not be taken away from one of them alone: Azure allows a queue twelve keys. So each has a queue of its
own for every queue it sends to, which sends everything on, and they go when the environment is revoked.

Source: our choice; the names in the login's answer are those of `edge.login`.
"""

import threading

from environments.platforms.tracebloc.messaging.messages import (
    AVERAGING_QUEUE,
    FLOPS_QUEUE,
    RESULTS_QUEUE,
    experiments_queue,
    reports_queue,
)
from environments.platforms.tracebloc.messaging.queues import QueueUnavailable
from environments.platforms.tracebloc.sabotages import BackendSabotage, is_on
from environments.service_bus.administration.minting import CannotMint, mint_access_key, remove_queue
from environments.service_bus.authorization import Right

KEY_NAME = "edge"
SHARED_QUEUES = (FLOPS_QUEUE, RESULTS_QUEUE, AVERAGING_QUEUE)


class EdgeQueues:
    """Makes and removes them. Every method raises QueueUnavailable while the Service Bus is away."""

    def __init__(self, connection_string: str) -> None:
        """`connection_string` is of the whole namespace."""
        self._namespace = connection_string
        # the services of one secure environment log in at the same time
        self._lock = threading.Lock()
        self._first: str | None = None

    def connection_strings(self, client_id: str) -> dict[str, str]:
        """What a login's answer holds; the queues are made at the first one."""
        self._first = self._first or client_id
        if is_on(BackendSabotage.QUEUES_OF_THE_FIRST_ENVIRONMENT_FOR_ALL):
            client_id = self._first
        strings = {"experiments_queue_conn_str": self._of(experiments_queue(client_id), Right.LISTEN)}
        for queue in SHARED_QUEUES:
            strings[f"{queue}_conn_str"] = self._of(reports_queue(queue, client_id), Right.SEND, forward_to=queue)
        return strings

    def remove(self, client_id: str) -> None:
        """Remove them with their keys; whoever is connected is sent away."""
        for queue in (experiments_queue(client_id), *(reports_queue(shared, client_id) for shared in SHARED_QUEUES)):
            try:
                remove_queue(self._namespace, queue)
            except CannotMint as error:
                raise QueueUnavailable(str(error)) from error

    def _of(self, queue: str, right: Right, forward_to: str | None = None) -> str:
        if is_on(BackendSabotage.EDGE_GETS_THE_ROOT_KEY):
            return f"{self._namespace.rstrip(';')};EntityPath={forward_to or queue}"
        try:
            with self._lock:
                return mint_access_key(self._namespace, queue, KEY_NAME, [right], forward_to)
        except CannotMint as error:
            raise QueueUnavailable(str(error)) from error
