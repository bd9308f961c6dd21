"""What runs the Jobs of a secure environment: local processes, or (one day here, today by the substrate) a Kubernetes cluster."""

from environments.platforms.tracebloc.launchers.launcher import Launcher, LauncherSettings


class UnknownLauncher(ValueError):
    """The variable LAUNCHER, or what it needs, is wrong; the text says how."""


def create(settings: LauncherSettings) -> Launcher:
    """The launcher that LAUNCHER names; raises UnknownLauncher."""
    if settings.launcher == "process":
        if settings.node_socket is None or settings.node_key is None:
            raise UnknownLauncher("LAUNCHER=process needs NODE_SOCKET, the fork server's Unix socket, and NODE_KEY, its key")
        from environments.platforms.tracebloc.launchers.process import ProcessLauncher
        from environments.processes.client import Processes

        try:
            node_key = bytes.fromhex(settings.node_key.get_secret_value())
        except ValueError:
            raise UnknownLauncher("NODE_KEY is not written in hexadecimal digits") from None

        return ProcessLauncher(Processes(settings.node_socket, node_key), settings.pods_folder, settings.shared_folder)
    if settings.launcher == "kubernetes":
        raise UnknownLauncher("LAUNCHER=kubernetes is not there yet: use LAUNCHER=process")
    raise UnknownLauncher(f"LAUNCHER={settings.launcher} is not known: use LAUNCHER=process")
