"""The queues of the broker, by name. Source: oddessentials/odd-demonstration."""

JOBS_CREATED, JOBS_COMPLETED, DEAD_LETTERS = "jobs.created", "jobs.completed", "jobs.failed.validation"
QUEUES = (JOBS_CREATED, JOBS_COMPLETED, DEAD_LETTERS)
