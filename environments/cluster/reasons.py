"""Why a pod ended, or does not start, in words that an owner understands. Source: Kubernetes v1 and batch/v1, 1.20 and later."""

from typing import Any

from environments.cluster.api import PATIENCE_SECONDS, Api, ApiRefused, refusals

ENDS = {
    "OOMKilled": "it took more memory than it may use (OOMKilled)",
    "Evicted": "its node ended it, since it took more than it may use or the node has too little left (Evicted)",
    "DeadlineExceeded": "it ran longer than it may (DeadlineExceeded)",
    "ContainerCannotRun": "its program cannot be started (ContainerCannotRun)",
    "StartError": "its program cannot be started (StartError)",
}
NO_IMAGE = ("ErrImageNeverPull", "ErrImagePull", "ImagePullBackOff", "InvalidImageName")
NOT_MADE = ("CreateContainerConfigError", "CreateContainerError", "RunContainerError")
NODE_LOST = "its node no longer answers"
DELETED = "it was deleted or evicted while it ran"


def why_ended(pod: Any) -> str | None:  # noqa: ANN401 - a class of the client's
    """Why a pod that has failed ended, where the cluster says more than an exit code."""
    ended = [status.state.terminated for status in pod.status.container_statuses or [] if status.state and status.state.terminated]
    reason = getattr(pod.status, "reason", None) or next((getattr(each, "reason", None) for each in ended), None)
    message = getattr(pod.status, "message", None) or next((getattr(each, "message", None) for each in ended), None)
    return _told(ENDS[reason], message) if reason in ENDS else None


def why_deleted(pod: Any) -> str:  # noqa: ANN401 - a class of the client's
    """Why a pod is deleted that has not ended."""
    conditions = {each.type: each for each in getattr(pod.status, "conditions", None) or []}
    if (disrupted := conditions.get("DisruptionTarget")) is not None and disrupted.message:
        return _told(DELETED, disrupted.message)
    return NODE_LOST if node_is_lost(pod) else DELETED


def node_is_lost(pod: Any) -> bool:  # noqa: ANN401 - a class of the client's
    """Whether the cluster has not heard of a pod's node for so long that it takes the pod for not ready."""
    conditions = {each.type: each.status for each in getattr(pod.status, "conditions", None) or []}
    # the node itself would have told both
    return conditions.get("Ready", "True") != "True" and conditions.get("ContainersReady") == "True"


def why_it_waits(pod: Any) -> str | None:  # noqa: ANN401 - a class of the client's
    """What a pod that does not start waits for; None while it is only on its way."""
    for status in pod.status.container_statuses or []:
        waiting = getattr(status.state, "waiting", None)
        if waiting is not None and waiting.reason in NO_IMAGE:
            return _told(f"its image cannot be pulled ({waiting.reason})", waiting.message)
        if waiting is not None and waiting.reason in NOT_MADE:
            return _told(f"its container cannot be made ({waiting.reason})", waiting.message)
    for condition in getattr(pod.status, "conditions", None) or []:
        if condition.type == "PodScheduled" and condition.reason == "Unschedulable":
            return _told("no node can take it", condition.message)
    return None


def why_no_pod(api: Api, job: Any) -> str | None:  # noqa: ANN401 - a class of the client's
    """Why a Job has no pod yet, such as a quota that is full; None when the cluster does not say."""
    selector = f"involvedObject.name={job.metadata.name},reason=FailedCreate"
    try:
        with refusals():
            found = api.core.list_namespaced_event(job.metadata.namespace, field_selector=selector, _request_timeout=PATIENCE_SECONDS).items
    except ApiRefused:
        return None
    return _told("the cluster refuses its pod", found[-1].message) if found else None


def _told(what: str, message: str | None) -> str:
    return f"{what}: {message}" if message else what
