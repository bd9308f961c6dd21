"""What the steps of each platform stand on: one folder a platform, as in `environments/platforms`."""
