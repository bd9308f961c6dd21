"""What becomes of a message: taken in, waiting, locked, in a session, due, given up."""
