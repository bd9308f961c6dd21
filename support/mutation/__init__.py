"""`ringmaster sabotage --random`: small changes of the services' code that nobody prepared for, and which scenarios notice them."""
