"""Service Bus namespaces in Azure: made for a run, deleted after it, and swept up when that was forgotten.

Whatever is not both called `e2e-test-...` and tagged by us is never touched.

Source: azure-mgmt-servicebus 10.0 (Azure's management API, version 2026-01-01). Nobody has run this against Azure yet: its tests talk to a
stand-in that is made from the published OpenAPI.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from environments.azure.account import INSTALL, AzureAccount, credential
from environments.errors import AzureFailed, AzureRefused, NotRemoved
from environments.ledger import NAME_PREFIX, Ledger, Run

if TYPE_CHECKING:
    from azure.mgmt.servicebus import ServiceBusManagementClient
    from azure.mgmt.servicebus.models import SBNamespace

TAG = "made-by"
MADE_BY = "ringmaster"
LEDGER_KIND = "azure-namespace"
KEY_NAME = "RootManageSharedAccessKey"
TIER = "Standard"
"""The cheapest with topics, sessions and duplicate detection."""
HOURLY_PRICE = 0.0135
"""US dollars for a namespace of that tier, whatever it does. Source: Azure's price list."""
LONGEST_NAME = 50
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Namespace:
    """One of ours, and when it was made."""

    name: str
    made_at: datetime | None


class AzureNamespaces:
    """What we do in one resource group; every method raises AzureRefused with a sentence."""

    def __init__(self, account: AzureAccount, client: "ServiceBusManagementClient | None" = None) -> None:
        self._account = account
        self._client = client or _client(account)

    def ours(self) -> list[Namespace]:
        """Those that we made."""
        with _in_a_sentence("the namespaces cannot be listed"):
            found = [one for one in self._client.namespaces.list_by_resource_group(self._account.resource_group) if _is_ours(one)]
        return [Namespace(str(one.name), one.properties.created_at if one.properties else None) for one in found]

    def refuse_over_budget(self, daily_budget: float) -> None:
        """Return if one more may be made, even if all of ours were left standing; `daily_budget` in US dollars. Raises AzureRefused."""
        if not daily_budget >= 0:
            # of what is no number, nothing is ever said to be more
            raise AzureRefused(f"the daily budget has to be a number of US dollars, not {daily_budget}")
        standing = len(self.ours())
        cost = (standing + 1) * 24 * HOURLY_PRICE
        if cost > daily_budget:
            raise AzureRefused(
                f"with {standing} namespaces of ours standing, one more could cost {cost:.2f} US dollars a day, over the budget of "
                f"{daily_budget:.2f}: `ringmaster azure sweep` removes old ones"
            )

    def make(self, name: str, queues: Sequence[str]) -> str:
        """Make a namespace with queues, which takes minutes in Azure; its connection string."""
        from azure.mgmt.servicebus.models import SBNamespace, SBSku

        described = SBNamespace(location=self._account.location, sku=SBSku(name=TIER, tier=TIER), tags={TAG: MADE_BY})
        with _in_a_sentence(f"the namespace {name} cannot be made"):
            self._client.namespaces.begin_create_or_update(self._account.resource_group, name, described).result()
        self.make_queues(name, queues)
        return self.connection_string(name)

    def make_queues(self, namespace: str, queues: Sequence[str], prefix: str = "") -> None:
        """Make queues in a namespace, which may be a given one, with a prefix for their names."""
        from azure.mgmt.servicebus.models import SBQueue

        for queue in queues:
            with _in_a_sentence(f"the queue {prefix}{queue} cannot be made"):
                self._client.queues.create_or_update(self._account.resource_group, namespace, f"{prefix}{queue}", SBQueue())

    def remove_queues(self, namespace: str, prefix: str) -> list[str]:
        """Remove the queues of a given namespace that have our prefix; tells which."""
        if not prefix.startswith(NAME_PREFIX):
            raise AzureRefused(f"queues named '{prefix}...' are not ours to remove: the prefix has to begin with {NAME_PREFIX}")
        group = self._account.resource_group
        with _in_a_sentence(f"the queues of {namespace} cannot be removed"):
            names = [str(one.name) for one in self._client.queues.list_by_namespace(group, namespace) if str(one.name).startswith(prefix)]
            for name in names:
                self._client.queues.delete(group, namespace, name)
        return names

    def connection_string(self, name: str) -> str:
        """What opens all of a namespace; whoever asks keeps it out of every log."""
        with _in_a_sentence(f"the keys of {name} cannot be read"):
            keys = self._client.namespaces.list_keys(self._account.resource_group, name, KEY_NAME)
        return str(keys.primary_connection_string)

    def remove(self, name: str) -> bool:
        """Delete a namespace of ours with all that is in it; False when there is none of that name."""
        if name not in {one.name for one in self.ours()}:
            return False
        with _in_a_sentence(f"the namespace {name} cannot be deleted"):
            self._client.namespaces.begin_delete(self._account.resource_group, name).result()
        return True

    def sweep(self, older_than: timedelta = DAY) -> list[str]:
        """Delete those of ours that are older; tells which."""
        latest = datetime.now(UTC) - older_than
        old = [one.name for one in self.ours() if one.made_at is not None and one.made_at < latest]
        return [name for name in old if self.remove(name)]


def name_for(run_id: str) -> str:
    """What the namespace of a run is called; raises AzureRefused for what Azure takes no name from."""
    name = f"{NAME_PREFIX}{run_id.removeprefix(NAME_PREFIX)}".lower()
    if len(name) > LONGEST_NAME or not name.replace("-", "").isalnum() or name.endswith("-"):
        raise AzureRefused(f"'{name}' cannot be a namespace: letters, digits and dashes, {LONGEST_NAME} at most")
    return name


@contextmanager
def namespace_of_run(
    run_id: str, account: AzureAccount, queues: Sequence[str], daily_budget: float, azure: AzureNamespaces | None = None
) -> Iterator[str]:
    """A namespace for as long as a run takes, in the ledger before it is made; its connection string. Raises AzureRefused."""
    azure, name = azure or AzureNamespaces(account), name_for(run_id)
    azure.refuse_over_budget(daily_budget)
    ledger = Ledger.open(run_id)
    try:
        ledger.record(LEDGER_KIND, name=name, subscription=account.subscription, resource_group=account.resource_group)
        yield azure.make(name, queues)
    finally:
        azure.remove(name)
        ledger.record(LEDGER_KIND, name=name, removed=True)
        ledger.close()


def remove_left(_run: Run, entries: list[dict[str, Any]]) -> list[str]:
    """Delete the namespaces of a run that was killed; tells which. Raises NotRemoved."""
    removed: list[str] = []
    reasons: list[str] = []
    gone = {entry["name"] for entry in entries if entry.get("removed")}
    for entry in (one for one in entries if one["name"] not in gone):
        try:
            if AzureNamespaces(AzureAccount(entry["subscription"], entry["resource_group"])).remove(entry["name"]):
                removed.append(f"namespace {entry['name']} in Azure")
        except AzureRefused as error:
            reasons.append(f"namespace {entry['name']} in Azure: {error}")
    if reasons:
        raise NotRemoved(removed, reasons)
    return removed


def _client(account: AzureAccount) -> "ServiceBusManagementClient":
    try:
        from azure.mgmt.servicebus import ServiceBusManagementClient
    except ImportError:
        raise AzureRefused(INSTALL) from None
    return ServiceBusManagementClient(credential(), account.subscription)


def _is_ours(namespace: "SBNamespace") -> bool:
    return str(namespace.name).startswith(NAME_PREFIX) and (namespace.tags or {}).get(TAG) == MADE_BY


@contextmanager
def _in_a_sentence(what: str) -> Iterator[None]:
    from azure.core.exceptions import AzureError, HttpResponseError

    try:
        yield
    except HttpResponseError as error:
        if error.status_code is None:
            # of credentials, nobody says more than this
            raise AzureFailed(f"{what}: {' '.join(error.message.split())}") from None
        raise AzureFailed(f"{what}: Azure answers {error.status_code} {error.error.message if error.error else error.reason}") from None
    except AzureError as error:
        raise AzureFailed(f"{what}: {error.message}") from None
