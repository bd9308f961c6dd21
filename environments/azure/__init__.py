"""Real Service Bus namespaces of Azure, one a run: made, paid for no longer than needed, and removed."""
