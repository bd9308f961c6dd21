"""The services' messages, and their way to the Service Bus."""
