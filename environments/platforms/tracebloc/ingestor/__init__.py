"""The reference ingestor: stands in for `tracebloc-ingest` where no MySQL or MariaDB is installed (it needs one, this does not).

It takes the same configuration file and environment, leaves the same tables and sends the same summary, for one category only:
tabular_classification from a CSV file. Source: tracebloc-ingestor 0.8.94.
"""
