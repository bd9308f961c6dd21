"""The substrate remote: a deployment of a platform that is there already; groups that scenarios add run on this machine."""
