"""One factor that stretches every deadline, for slow substrates."""


class Patience:
    """Set once, when a run begins."""

    factor: float = 1.0
