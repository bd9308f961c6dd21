"""The platform's own code on work written down by hand, in this process."""
