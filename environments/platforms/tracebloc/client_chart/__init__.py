"""The values that tests install the client's public chart with. Source: tracebloc client chart 1.9.62."""
