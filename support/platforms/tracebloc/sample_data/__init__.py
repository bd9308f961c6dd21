"""Small datasets and models that the scenarios ingest and upload; the models are files for the real SDK, never imported."""
