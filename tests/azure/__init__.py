"""Namespaces in Azure, against a stand-in of the management API."""
