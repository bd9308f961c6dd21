"""An Azure Service Bus for tests: the unmodified official SDK sends, receives and administers here, without Azure and without a network.

It speaks AMQP 1.0 over TCP and WebSocket, with TLS or without, keeps what Azure's public behaviour promises, survives a kill with its
journal, and fails on request. Standard library only, apart from TLS certificates; it imports nothing of the rest of the project.
`README.md` says how to start it and which folder does what.
"""
