"""Named defects that can be switched on, one at a time, to prove that a scenario notices them.

There is one list a service. A scenario says by its tag `@catches.<name>` which of them make it fail. Source: our choice.
"""

import os

from environments.platform import SABOTAGE_VARIABLE
from environments.platforms.tracebloc.sabotages.averaging import AveragingSabotage
from environments.platforms.tracebloc.sabotages.backend import BackendSabotage
from environments.platforms.tracebloc.sabotages.edge import EdgeSabotage
from environments.platforms.tracebloc.sabotages.experiments import ExperimentSabotage
from environments.platforms.tracebloc.sabotages.queues import QueueSabotage
from environments.platforms.tracebloc.sabotages.store import StoreSabotage
from environments.platforms.tracebloc.sabotages.training import TrainingSabotage
from environments.reference_services.defects import Defect, is_on

__all__ = [
    "ALL",
    "AveragingSabotage",
    "BackendSabotage",
    "Defect",
    "EdgeSabotage",
    "ExperimentSabotage",
    "QueueSabotage",
    "StoreSabotage",
    "TrainingSabotage",
    "is_on",
    "switch_on",
    "switched_on",
]

ALL: tuple[Defect, ...] = (
    *AveragingSabotage,
    *TrainingSabotage,
    *ExperimentSabotage,
    *BackendSabotage,
    *EdgeSabotage,
    *QueueSabotage,
    *StoreSabotage,
)
"""Every defect there is."""


def switch_on(sabotage: Defect | None) -> None:
    """Switch a defect on (None: all off) in this process, for scenarios that call parts of the platform directly."""
    os.environ.pop(SABOTAGE_VARIABLE, None)
    if sabotage is not None:
        os.environ[SABOTAGE_VARIABLE] = sabotage


def switched_on() -> Defect | None:
    """The defect that is switched on in this process, if one is."""
    return next((known for known in ALL if is_on(known)), None)
