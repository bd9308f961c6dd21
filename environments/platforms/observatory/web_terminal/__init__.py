"""The terminal in the browser, over a WebSocket: sessions, tokens, limits. Source: odd-demonstration, phases 20 to 31."""
