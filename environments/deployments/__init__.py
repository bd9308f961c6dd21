"""What is known of deployments that were there before the run: what they give scenarios, and what must not be touched."""
