"""What happened in a pass besides its scenarios' results: what went wrong around them, what was printed there, what it took."""

from support.redaction import learn_secret
from support.runner.planning.plan import ForkPoint
from support.runner.workers.worker import Aside


class RunIncidents:
    """Filled as the processes report it."""

    def __init__(self) -> None:
        self.problems: list[tuple[ForkPoint, str]] = []
        self.printed: list[tuple[ForkPoint, str]] = []
        self.deaths: list[str] = []
        """Services of the platform that died."""
        self.hook_seconds = 0.0
        """In hooks around features and rules."""
        self.workers_lost = 0
        self.unwritten = ""
        """Why reports could not be written; the first reason."""
        self.aborted = ""
        """Why a hook or step wants the run aborted; the first reason counts."""

    def note(self, point: ForkPoint, problems: list[str], output: str = "") -> None:
        """Something went wrong, or was printed, around scenarios."""
        self.problems += [(point, problem) for problem in problems]
        if output:
            self.printed.append((point, output))

    def take_in(self, aside: Aside) -> None:
        """What a worker says beside a result."""
        for secret, shown in aside.secrets:
            learn_secret(secret, shown)
        self.deaths += aside.deaths
        self.unwritten = self.unwritten or aside.unwritten
        self.aborted = self.aborted or aside.aborted
