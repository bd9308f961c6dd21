"""What the pods-monitor is configured with."""

from environments.platforms.tracebloc.edge.login import EdgeSettings
from environments.platforms.tracebloc.launchers.launcher import LauncherSettings


class Settings(EdgeSettings, LauncherSettings):
    """The edge's login and the launcher; nothing of its own."""
