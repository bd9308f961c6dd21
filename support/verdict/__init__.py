"""Whether a release may go: rules over the records of runs, and the decision with its reasons. Reads `run.json`, and nothing else."""
