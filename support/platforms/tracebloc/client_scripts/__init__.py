"""tracebloc's public installer scripts, run unmodified on a machine whose tools are stand-ins: no network, and one folder to write to.

Source: tracebloc client 1.9.62 (scripts/install.sh, scripts/install-k8s.sh and scripts/lib).
"""
