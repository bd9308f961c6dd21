"""Loading modules ahead in a fork server, while others wait for nothing."""

import threading
from collections.abc import Sequence

from environments.processes.client import Processes, ProcessesError


def preload_in_background(processes: Processes, modules: Sequence[str]) -> None:
    """Ask for a preload and do not wait for it."""
    if not modules:
        return

    def preload() -> None:
        try:
            processes.preload(modules)
        except ProcessesError:
            # stopped before it was done
            return

    threading.Thread(target=preload, name="preload", daemon=True).start()
