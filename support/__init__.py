"""What the steps call: clients of the platform, waiting, names, evidence, and the runner."""
