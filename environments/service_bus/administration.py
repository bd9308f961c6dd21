"""The administration API, as far as `ServiceBusAdministrationClient` needs it for queues, topics, subscriptions and rules.

Source: Azure Service Bus's REST API as azure-servicebus 7.15 uses it.
"""

import logging
from collections.abc import Callable
from functools import partial
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

from . import atom
from .authorization import Grants, InvalidToken
from .bus import Bus
from .catalogue import change, description_of, kind_of
from .declarations import InvalidDeclaration, options_of, rule_of
from .errors import Refusal, argument_error, entity_exists, entity_not_found, server_busy
from .filters import Rule
from .http import Request, Response
from .intake import Entity
from .options import EntityOptions
from .topics import SUBSCRIPTIONS, Subscription

log = logging.getLogger(__name__)

RULES = "rules"
# entries in one page of a list
LARGEST_PAGE = 100


class Administration:
    """Answers the administration client."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._namespace = bus.namespace

    def answer(self, request: Request) -> Response:
        """One answer: an entry, a list, or an error in words."""
        try:
            self._check_access(request)
            response = self._answer(request)
        except (Refusal, InvalidDeclaration) as error:
            status = error.status if isinstance(error, Refusal) else 400
            words = error.description if isinstance(error, Refusal) else str(error)
            body = f"<Error><Code>{status}</Code><Detail>{escape(words)}</Detail></Error>"
            return Response(status, body.encode(), "application/xml; charset=utf-8")
        if self._bus.journal:
            self._bus.journal.flush()
        return response

    def _check_access(self, request: Request) -> None:
        grants = Grants()
        try:
            grants.add(self._bus.access_key.check(request.fields.get("authorization", "")))
        except InvalidToken as error:
            log.warning("refused a token: %s", error)
            raise Refusal("amqp:unauthorized-access", str(error), 401) from error
        if not grants.allow(request.path):
            raise Refusal("amqp:unauthorized-access", f"The token is not for '{request.path}'.", 401)
        if self._bus.faults.is_busy():
            raise server_busy()

    def _answer(self, request: Request) -> Response:
        path = request.path.split("/")
        lower = [part.lower() for part in path]
        if lower[0] == "$namespaceinfo":
            return _page(atom.namespace_entry("ringmaster"))
        if lower[0] == "$resources":
            return self._list_entities(request, lower[1:])
        if len(lower) >= 4 and lower[-2] == RULES:
            return self._rule(request, self._subscription("/".join(path[:-2])), path[-1])
        if lower[-1] == RULES and len(lower) >= 3:
            rules = self._subscription("/".join(path[:-1])).rules.values()
            return _list(request, "Rules", [partial(atom.entry_of_rule, rule) for rule in rules])
        if lower[-1] == SUBSCRIPTIONS.lower() and request.method == "GET":
            found = self._namespace.topic("/".join(path[:-1])).subscriptions.values()
            return _list(request, SUBSCRIPTIONS, [partial(atom.entry_of, one, one.name) for one in found])
        return self._entity(request, "/".join(path))

    def _list_entities(self, request: Request, kind: list[str]) -> Response:
        listed: list[Entity]
        if kind == ["queues"]:
            listed = list(self._namespace.queues.values())
        elif kind == ["topics"]:
            listed = list(self._namespace.topics.values())
        else:
            raise entity_not_found(request.path)
        return _list(request, kind[0], [partial(atom.entry_of, one, one.path) for one in listed])

    # ---- entities ----

    def _entity(self, request: Request, path: str) -> Response:
        if request.method == "GET":
            return _page(self._entry(self._declared(path)))
        if request.method == "DELETE":
            self._declared(path)
            self._namespace.remove(path)
            if self._bus.journal:
                self._bus.journal.removed(path)
            return Response(200)
        if request.method == "PUT":
            return self._put_entity(request, path)
        raise argument_error(f"{request.method} is not known here.")

    def _put_entity(self, request: Request, path: str) -> Response:
        kind, description = atom.read_description(request.body)
        settings = atom.settings_in(description)
        try:
            entity = self._declared(path)
        except Refusal:
            if "if-match" in request.fields:
                raise
            entity = self._make(kind, path, self._options(settings, self._namespace.options))
            entity.made_by_client = True
        else:
            if "if-match" not in request.fields:
                raise entity_exists(path)
            change(entity, self._options(settings, entity.options))
        entity.described = {name: value for name, value in settings.items() if name in atom.DESCRIBED}
        self._remember(entity)
        return _page(self._entry(entity), 200 if "if-match" in request.fields else 201)

    def _make(self, kind: str, path: str, options: EntityOptions) -> Entity:
        topic, _, name = _subscription_of(path)
        if kind == "SubscriptionDescription" and name:
            return self._namespace.add_subscription(topic, name, options)
        if kind == "QueueDescription":
            return self._namespace.add_queue(path, options)
        if kind == "TopicDescription":
            return self._namespace.add_topic(path, options)
        raise argument_error(f"'{path}' cannot be a {kind}.")

    def _options(self, settings: dict[str, str], defaults: EntityOptions) -> EntityOptions:
        try:
            return options_of(settings, defaults)
        except ValueError as error:
            raise argument_error(str(error)) from error

    def _declared(self, path: str) -> Entity:
        """The entity, if it is there already: asking for its settings makes none on demand."""
        topic, _, name = _subscription_of(path)
        if name:
            return self._namespace.topic(topic).subscription(name)
        found = self._namespace.queues.get(path.lower()) or self._namespace.topics.get(path.lower())
        if found is None:
            raise entity_not_found(path)
        return found

    def _subscription(self, path: str) -> Subscription:
        found = self._declared(path)
        if not isinstance(found, Subscription):
            raise entity_not_found(path)
        return found

    def _entry(self, entity: Entity) -> Element:
        return atom.entry_of(entity, entity.name if isinstance(entity, Subscription) else entity.path)

    def _remember(self, entity: Entity) -> None:
        if self._bus.journal and entity.made_by_client:
            self._bus.journal.made(kind_of(entity), entity.path, description_of(entity))

    # ---- rules ----

    def _rule(self, request: Request, subscription: Subscription, name: str) -> Response:
        found = subscription.rules.get(name.lower())
        where = f"{subscription.path}/{RULES}/{name}"
        if request.method == "PUT":
            if found and "if-match" not in request.fields:
                raise entity_exists(where)
            if not found and "if-match" in request.fields:
                raise entity_not_found(where)
            return self._put_rule(request, subscription, name)
        if found is None:
            raise entity_not_found(where)
        if request.method == "DELETE":
            del subscription.rules[name.lower()]
            self._remember(subscription)
            return Response(200)
        return _page(atom.entry_of_rule(found))

    def _put_rule(self, request: Request, subscription: Subscription, name: str) -> Response:
        _, description = atom.read_description(request.body)
        rule: Rule = rule_of(name, atom.rule_in(description), subscription.path)
        subscription.rules[name.lower()] = rule
        self._remember(subscription)
        return _page(atom.entry_of_rule(rule), 200 if "if-match" in request.fields else 201)


def _subscription_of(path: str) -> tuple[str, str, str]:
    """The topic's path, the separator and the name of a subscription; the last is empty for anything else."""
    place = path.lower().find(f"/{SUBSCRIPTIONS.lower()}/")
    if place < 0:
        return path, "", ""
    return path[:place], SUBSCRIPTIONS, path[place + len(SUBSCRIPTIONS) + 2 :]


def _page(element: Element, status: int = 200) -> Response:
    return Response(status, atom.to_bytes(element), "application/atom+xml;type=entry;charset=utf-8")


def _list(request: Request, title: str, entries: list[Callable[[], Element]]) -> Response:
    skipped, most = request.query("$skip", "0"), request.query("$top", str(LARGEST_PAGE))
    if not skipped.isdecimal() or not most.isdecimal():
        raise argument_error("$skip and $top are numbers.")
    start, count = int(skipped), min(int(most), LARGEST_PAGE)
    feed = atom.feed_of(title, (make() for make in entries[start : start + count]))
    if start + count < len(entries):
        atom.add_links(feed, request.target, f"/{request.path}?$skip={start + count}&$top={count}&api-version=2021-05")
    return _page(feed)
