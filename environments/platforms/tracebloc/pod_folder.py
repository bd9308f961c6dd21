"""What is in the folder of a pod that runs as a local process, beside its log. Source: our choice."""

JOB_FILE = "job.json"
"""The Job as it was created."""
