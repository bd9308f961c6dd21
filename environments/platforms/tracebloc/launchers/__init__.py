"""What runs the Jobs of a secure environment: local processes, or a Kubernetes cluster."""

from environments.platforms.tracebloc.launchers.launcher import Launcher, LauncherSettings
from environments.processes import pods


class UnknownLauncher(ValueError):
    """The variable LAUNCHER, or what it needs, is wrong; the text says how."""


def create(settings: LauncherSettings) -> Launcher:
    """The launcher that LAUNCHER names; raises UnknownLauncher."""
    if settings.launcher == pods.PROCESS:
        if settings.node_socket is None or settings.node_key is None:
            raise UnknownLauncher("LAUNCHER=process needs NODE_SOCKET, the fork server's Unix socket, and NODE_KEY, its key")
        from environments.platforms.tracebloc.launchers.process import ProcessLauncher
        from environments.processes.client import Processes

        try:
            node_key = bytes.fromhex(settings.node_key.get_secret_value())
        except ValueError:
            raise UnknownLauncher("NODE_KEY is not written in hexadecimal digits") from None

        return ProcessLauncher(Processes(settings.node_socket, node_key), settings.pods_folder, settings.shared_folder)
    if settings.launcher == pods.KUBERNETES:
        return _on_this_cluster(settings)
    raise UnknownLauncher(f"LAUNCHER={settings.launcher} is not known: use {pods.PROCESS} or {pods.KUBERNETES}")


def _on_this_cluster(settings: LauncherSettings) -> Launcher:
    from environments.cluster.api import Api, ApiRefused
    from environments.cluster.job_pods import JobPods
    from environments.platforms.tracebloc.launchers.kubernetes import KubernetesLauncher

    api = Api.of_this_pod()
    try:
        api.client  # noqa: B018 - logs in
    except (ApiRefused, ImportError) as error:
        raise UnknownLauncher(f"LAUNCHER=kubernetes needs a pod with a token of its cluster: {error}") from None
    return KubernetesLauncher(JobPods(api, settings.namespace))
