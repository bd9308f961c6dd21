"""A small Azure Service Bus: AMQP 1.0 over TCP and WebSocket, standard library only, for the unmodified official SDK."""
