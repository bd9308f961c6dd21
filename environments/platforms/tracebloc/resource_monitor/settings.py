"""What the resource-monitor is configured with."""

from pydantic import Field

from environments.platforms.tracebloc.edge.login import EdgeSettings


class Settings(EdgeSettings):
    """Source: tracebloc client chart 1.9.62 (MONITOR_INTERVAL=30); the name of the variable is our choice."""

    monitor_interval_seconds: float = Field(default=30.0, gt=0)
