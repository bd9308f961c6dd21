"""What a cluster says about a pod that is not as it should be."""

from typing import Any

from environments.cluster.api import PATIENCE_SECONDS, Api, ApiRefused, refusals

MOST_EVENTS = 8


def describe(api: Api, pod: Any) -> list[str]:  # noqa: ANN401 - a class of the client's
    """A pod's phase, what its conditions and its container wait for, and its latest events; a line each."""
    lines = [f"the pod {pod.metadata.name} is {pod.status.phase}"]
    conditions = pod.status.conditions or []
    lines += [
        f"{each.type} is {each.status}: {each.message or each.reason}" for each in conditions if each.status != "True" and each.reason
    ]
    waits = [each.state.waiting for each in pod.status.container_statuses or [] if each.state and each.state.waiting]
    lines += [f"its container waits: {each.reason}{f': {each.message}' if each.message else ''}" for each in waits]
    return [*lines, *events(api, pod.metadata.namespace, pod.metadata.name)]


def events(api: Api, namespace: str, name: str) -> list[str]:
    """The latest events about an object, oldest first; none when the cluster does not tell."""
    try:
        with refusals():
            found = api.core.list_namespaced_event(
                namespace, field_selector=f"involvedObject.name={name}", _request_timeout=PATIENCE_SECONDS
            ).items
    except ApiRefused:
        return []
    told = sorted(found, key=lambda event: str(event.last_timestamp or event.event_time or event.metadata.creation_timestamp))
    return [f"event {event.reason}: {event.message}" for event in told[-MOST_EVENTS:]]
