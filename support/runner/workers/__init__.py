"""The processes that run scenarios: fork hosts, workers, how they are spoken to and stopped."""
