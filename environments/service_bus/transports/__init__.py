"""How bytes come and go: TCP, WebSocket, HTTP and TLS."""
