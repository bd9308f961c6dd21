"""The scenario report: one page for product owners that needs no server and no network, made of a run's record and evidence."""
