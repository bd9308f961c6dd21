"""The reference platform's backend: accounts, secure environments, datasets, use cases, experiments, submissions, leaderboard."""
