"""What a data scientist does with the SDK, live and from recordings."""
