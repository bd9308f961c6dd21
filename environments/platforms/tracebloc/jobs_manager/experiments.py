"""What the backend says of an experiment whose work came. Source: our choice (`GET /edge-device/experiments/<key>/`)."""

from urllib.parse import quote

import httpx

from environments.platforms.tracebloc.common.outages import Unavailable
from environments.platforms.tracebloc.edge.login import EdgeSession, LoginRefused
from environments.platforms.tracebloc.sabotages import EdgeSabotage, is_on


class BackendAway(Unavailable):
    """The backend cannot say now whether an experiment goes on; the text says why."""


def has_ended(session: EdgeSession, experiment_key: str) -> bool:
    """Whether nothing trains for the experiment any more; of one that the backend does not know, nobody says so. Raises BackendAway."""
    try:
        response = session.request("GET", f"/edge-device/experiments/{quote(experiment_key, safe='')}/")
    except (httpx.HTTPError, LoginRefused) as error:
        if is_on(EdgeSabotage.BACKEND_OUTAGE_TAKEN_FOR_GO_AHEAD):
            return False
        raise BackendAway(f"asking the backend of an experiment: {type(error).__name__}") from error
    if response.status_code == httpx.codes.NOT_FOUND:
        return False
    if response.is_error:
        raise BackendAway(f"asking the backend of an experiment: it answered {response.status_code}")
    return bool(response.json()["ended"])
