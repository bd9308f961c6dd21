"""The acts of the QA playbook: what people do on the platform, each told part by part.

No folder imports one that stands after it: `training/`, `use_cases/`, `ingestion/`, `secure_environments/`, `security/`, `faults/`,
`in_process/`, `sdk/`.
"""
