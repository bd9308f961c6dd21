"""The platform's web flows, as one person sees them.

Source: our choice where the flows are not public (see `environments/platforms/tracebloc/backend`); paths that the SDK or the CLI use
are theirs.
"""

from support.platforms.tracebloc.clients.backend.accounts import Accounts
from support.platforms.tracebloc.clients.backend.connection import Json, Refused, refusal
from support.platforms.tracebloc.clients.backend.experiments import Experiments
from support.platforms.tracebloc.clients.backend.secure_environments import SecureEnvironments
from support.platforms.tracebloc.clients.backend.use_cases import UseCases

__all__ = ["BackendClient", "Json", "Refused", "refusal"]


class BackendClient(Accounts, SecureEnvironments, UseCases, Experiments):
    """One person's session with the backend, with all that the web application offers."""
