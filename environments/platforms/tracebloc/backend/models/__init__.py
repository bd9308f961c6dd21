"""Models on their way in and out, the zoo to start from, and their links to a use case's data."""
