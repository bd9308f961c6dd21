"""Programs in pseudo-terminals, what they wrote lately, and the one that people see: the dashboard."""
