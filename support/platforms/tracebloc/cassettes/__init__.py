"""Recordings of what the SDK and a platform said to each other: kept as files, played again, and compared by shape."""
