"""Queues, topics and subscriptions by name: their rules, their limits, and how they are declared and shown."""
