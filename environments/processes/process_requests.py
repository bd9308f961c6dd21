"""What may be asked of a fork server about a process that it started: list, signal, pause, stop, wait, watch, remove.

Source: our choice.
"""

import signal
from typing import Any

from environments.processes.connections import Answer, Connection, Connections, Waiter
from environments.processes.table import RUNNING, Table

GRACE_AT_END_SECONDS = 1.0
PAUSE_SECONDS = 2.0


class ProcessRequests:
    """Answers at once, or has the connection wait; raises LookupError for an unknown process."""

    def __init__(self, table: Table, connections: Connections) -> None:
        self._table = table
        self._connections = connections

    def list(self, _connection: Connection, request: dict[str, Any]) -> Answer:
        """The processes with these labels."""
        records = self._table.matching(request.get("labels") or {})
        return {"processes": [record.as_answer() for record in records], "sequence": self._table.sequence}

    def signal(self, _connection: Connection, request: dict[str, Any]) -> Answer:
        """Send a signal."""
        record = self._table.get(request["name"])
        record.send(signal.Signals(request["signal"]))
        return {"process": record.as_answer()}

    def pause(self, connection: Connection, request: dict[str, Any]) -> None:
        """Pause, and answer once it stands still."""
        record = self._table.get(request["name"])
        record.send(signal.SIGSTOP)

        def answer(over: bool) -> Answer | None:
            return {"process": record.as_answer()} if over or record.phase != RUNNING or record.is_paused() else None

        self._connections.wait(Waiter(connection, answer, PAUSE_SECONDS))

    def stop(self, connection: Connection, request: dict[str, Any]) -> None:
        """Ask to end, kill after a grace, and answer once it has ended."""
        grace_seconds = float(request.get("grace_seconds", GRACE_AT_END_SECONDS))
        self._table.get(request["name"]).ask_to_end(grace_seconds)
        self._wait_for_end(connection, request["name"], None)

    def wait(self, connection: Connection, request: dict[str, Any]) -> None:
        """Answer once it has ended, or the time is over."""
        self._wait_for_end(connection, request["name"], request.get("timeout"))

    def _wait_for_end(self, connection: Connection, name: str, timeout: float | None) -> None:
        record = self._table.get(name)

        def answer(over: bool) -> Answer | None:
            return {"process": record.as_answer()} if over or record.phase != RUNNING else None

        self._connections.wait(Waiter(connection, answer, timeout))

    def watch(self, connection: Connection, request: dict[str, Any]) -> None:
        """Answer once a process with these labels has changed."""
        since = int(request.get("since", -1))

        def answer(over: bool) -> Answer | None:
            if not over and self._table.sequence <= since:
                return None
            changed = self._table.matching(request.get("labels") or {}, since)
            return {"sequence": self._table.sequence, "processes": [record.as_answer() for record in changed]}

        self._connections.wait(Waiter(connection, answer, request.get("timeout")))

    def remove(self, _connection: Connection, request: dict[str, Any]) -> Answer:
        """Forget a process that has ended."""
        self._table.remove(request["name"])
        return {"ok": True}
