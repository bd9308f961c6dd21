"""`ringmaster sabotage`: the features against each named defect, to prove that every scenario can fail."""
