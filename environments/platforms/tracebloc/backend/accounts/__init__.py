"""Who somebody is: signing up, logging in, and the caller behind a token."""
