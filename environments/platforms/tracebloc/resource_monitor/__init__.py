"""The heartbeat of one secure environment: its real CPU and memory figures, sent to the backend every so often."""
