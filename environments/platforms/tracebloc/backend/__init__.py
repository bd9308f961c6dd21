"""The reference platform's backend: accounts, secure environments, datasets, use cases, experiments, submissions, leaderboard.

Each folder imports only those that stand before it: `storage/`, `requests/`, `accounts/`, `data/`, `training/`, `use_cases/`, `models/`,
`experiments/`. `application.py` puts them together, and `removal.py` and `housekeeping.py` reach into several.
"""
