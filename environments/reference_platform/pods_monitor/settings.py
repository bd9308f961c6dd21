"""What the pods-monitor is configured with."""

from environments.reference_platform.edge_login import EdgeSettings
from environments.reference_platform.launchers.launcher import LauncherSettings


class Settings(EdgeSettings, LauncherSettings):
    """The edge's login and the launcher; nothing of its own."""
