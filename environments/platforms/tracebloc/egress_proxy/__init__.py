"""The only way out of a secure environment: an HTTPS proxy that lets through what is for the platform's backend, and nothing else."""
