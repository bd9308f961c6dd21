"""What can go wrong with a platform, a substrate and the services on it; each text is for whoever runs the scenarios."""

from collections.abc import Iterable, Sequence

from environments.texts import last_lines


class PlatformRefused(Exception):
    """The platform did not do what it was asked for, and said so: a failure of the platform, whichever step finds it out.

    Base of what clients of a platform raise for refusals; anything else that a step raises, but an AssertionError, is its own error.
    """


class WrongScenario(LookupError):
    """A feature asks for what its scenario does not have, or nobody knows; the text is a sentence for its author."""

    @property
    def headline(self) -> str:
        """For reports: which code noticed it matters to nobody."""
        return str(self)


class NotGiven(Exception):
    """A scenario needs what only the operator of a deployment can give, and it is not there: the scenario is skipped, with this reason."""

    def __init__(self, capability: str, reason: str) -> None:
        super().__init__(f"needs {capability}: {reason}")


class SubstrateError(Exception):
    """The substrate cannot do what was asked."""


class UnreadableLog(NotGiven, SubstrateError):
    """The log of a deployment's own service cannot be read here: there is no evidence of it, and what needs it is skipped."""

    def __init__(self, service: str) -> None:
        super().__init__("logs", f"only whoever runs the deployment can read the log of its {service.replace('_', ' ')}")


class UnknownSubstrate(SubstrateError):
    """There is no substrate of that name, or it is not built yet."""


class DeploymentRefused(SubstrateError):
    """There is no deployment of that name, its file is wrong, or scenarios must not run on it."""


class NotRemoved(SubstrateError):
    """Some of what a run made could not be removed: what was, and of the rest each with the reason."""

    def __init__(self, removed: Sequence[str], reasons: Sequence[str]) -> None:
        self.removed, self.reasons = list(removed), list(reasons)
        super().__init__("; ".join(reasons))


class NotNow(SubstrateError):
    """The platform wants to be asked again later."""


class AzureRefused(SubstrateError):
    """Azure does not do what was asked, or must not be asked."""


class AzureFailed(AzureRefused):
    """Azure was asked and did not do it, or does not answer."""


class UnknownPlatform(SubstrateError):
    """There is no platform of that name."""


class BrokenPlatform(SubstrateError):
    """The module that describes a platform cannot be imported."""


class Unknown(SubstrateError):
    """There is no service, volume or the like of that name; the text lists those that there are."""

    def __init__(self, what: str, name: str, known: Iterable[str]) -> None:
        super().__init__(f"there is no {what} '{name}'; there are: {', '.join(known) or 'none'}")


class ServiceFailed(SubstrateError):
    """A service is not in the state it must be in; the text ends with its last log lines."""

    def __init__(self, service: str, what: str, last_log_lines: Sequence[str]) -> None:
        self.service = service
        self.last_log_lines = last_lines("\n".join(last_log_lines))
        lines = "".join(f"\n  | {line}" for line in self.last_log_lines)
        super().__init__(f"{service} {what}" + (f"; the last lines of its log:{lines}" if lines else "; its log is empty"))


class ServiceDied(ServiceFailed):
    """A service ended that must run; `why` says more than its exit code, where anybody knows."""

    def __init__(self, service: str, exit_code: int, last_log_lines: Sequence[str], why: str = "") -> None:
        self.exit_code = exit_code
        how = f"signal {-exit_code}" if exit_code < 0 else f"exit code {exit_code}"
        super().__init__(service, f"died with {how}{why and f', {why}'}", last_log_lines)


NOT_READY = "is not ready after"
"""How the sentence of ServiceNotReady goes on, for whoever has nothing but that."""


class ServiceNotReady(ServiceFailed):
    """A service runs but cannot serve within its deadline; `waited` are the seconds in which it wanted a processor and had none."""

    def __init__(self, service: str, seconds: float, last_log_lines: Sequence[str], waited: float = 0.0) -> None:
        busy = f", {waited:.0f} s of which it waited for a processor: this machine has too much to do" if waited >= seconds / 2 else ""
        super().__init__(service, f"{NOT_READY} {seconds:.0f} s{busy}", last_log_lines)
