"""Whose subscription pays, and how we prove that we may: a service principal or a workload identity, by variables alone.

Source: azure-identity 1.27 (names of the variables).
"""

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from environments.deployments.production import production_word
from environments.errors import AzureRefused

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential

INSTALL = "the packages for Azure are not installed: pip install 'ringmaster[azure]'"
SUBSCRIPTION, RESOURCE_GROUP, LOCATION = "AZURE_SUBSCRIPTION_ID", "AZURE_RESOURCE_GROUP", "AZURE_LOCATION"
PRINCIPAL = ("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET")
WORKLOAD = ("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_FEDERATED_TOKEN_FILE")
NAMING = (SUBSCRIPTION, RESOURCE_GROUP, *PRINCIPAL[:2], WORKLOAD[2])
"""What may be called by names that people give."""


@dataclass(frozen=True)
class AzureAccount:
    """Where namespaces are made."""

    subscription: str
    resource_group: str
    location: str = "westeurope"

    @classmethod
    def from_variables(cls, variables: Mapping[str, str] = os.environ) -> "AzureAccount":
        """The one that the variables name; raises AzureRefused."""
        missing = [name for name in (SUBSCRIPTION, RESOURCE_GROUP) if not variables.get(name)]
        if missing:
            raise AzureRefused(f"the variable {missing[0]} is not set, so nobody knows where in Azure a namespace may be made")
        account = cls(variables[SUBSCRIPTION], variables[RESOURCE_GROUP], variables.get(LOCATION) or cls.location)
        for name in NAMING:
            if (word := production_word(variables.get(name, ""))) is not None:
                raise AzureRefused(f"{variables[name]}, which is the {name}, looks like production ('{word}'): nothing is made there")
        return account


def credential(variables: Mapping[str, str] = os.environ) -> "TokenCredential":
    """What the variables give: a workload identity, or a service principal; raises AzureRefused."""
    try:
        from azure.identity import ClientSecretCredential, WorkloadIdentityCredential
    except ImportError:
        raise AzureRefused(INSTALL) from None
    # what it has to say comes with the error as well
    logging.getLogger("azure.identity").setLevel(logging.CRITICAL)
    if all(variables.get(name) for name in WORKLOAD):
        tenant, client, file = (variables[name] for name in WORKLOAD)
        if not Path(file).is_file():
            raise AzureRefused(f"the variable {WORKLOAD[2]} names {file}, which is no file")
        return WorkloadIdentityCredential(tenant_id=tenant, client_id=client, token_file_path=file)
    missing = [name for name in PRINCIPAL if not variables.get(name)]
    if missing:
        raise AzureRefused(f"no credentials for Azure: set {', '.join(PRINCIPAL)}, or for a workload identity {', '.join(WORKLOAD)}")
    tenant, client, secret = (variables[name] for name in PRINCIPAL)
    try:
        return ClientSecretCredential(tenant, client, secret)
    except ValueError as error:
        raise AzureRefused(f"the variable {PRINCIPAL[0]} is wrong: {error}") from None
