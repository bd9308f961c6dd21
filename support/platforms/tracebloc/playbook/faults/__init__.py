"""Services, the network, the Service Bus and the cluster disturbed; whole again when the scenario ends."""
