"""The life of an experiment within the caller's transaction: its plan, its cycles and its scores."""
