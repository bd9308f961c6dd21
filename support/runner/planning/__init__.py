"""What runs and in what order: selection, shards, profiles, plan, order."""
