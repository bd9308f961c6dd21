"""Does the jobs: takes them from the broker, keeps them in the store, and tells when they are done."""
