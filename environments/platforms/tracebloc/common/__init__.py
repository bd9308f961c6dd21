"""What tracebloc's reference services do alike: start and end, serve HTTP, check what they are sent, say what is away."""
