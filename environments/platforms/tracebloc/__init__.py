"""Small, real services that keep tracebloc's public contracts, so that every scenario can run anywhere."""
