"""Something to go on from: a new feature, a new platform."""
