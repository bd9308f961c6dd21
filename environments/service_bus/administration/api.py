"""The administration API, as far as `ServiceBusAdministrationClient` needs it for queues, topics, subscriptions and rules.

Source: Azure Service Bus's REST API as azure-servicebus 7.15 uses it.
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

from ..authorization import Grants, InvalidToken, Right, path_of
from ..bus import Bus
from ..entities.catalogue import description_of, kind_of, make, split_subscription
from ..entities.declarations import InvalidDeclaration, access_keys_of, described_in, options_of, rule_of
from ..entities.filters import Rule
from ..entities.limits import check_name, check_settings, check_unchanged
from ..entities.topics import SUBSCRIPTIONS, Subscription
from ..errors import Refusal, argument_error, entity_disabled, entity_exists, entity_not_found, right_required, server_busy
from ..queues.intake import Entity
from ..queues.options import EntityOptions
from ..transports.http import Request, Response
from . import atom

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
        grants = self._grants(request, "authorization")
        if not grants.allow(request.path):
            raise Refusal("amqp:unauthorized-access", f"The token is not for '{request.path}'.", 401)
        if not grants.allow(request.path, Right.MANAGE):
            raise right_required(Right.MANAGE, request.path)
        if self._bus.faults.is_busy():
            raise server_busy()

    def _grants(self, request: Request, *fields: str) -> Grants:
        grants = Grants()
        try:
            for name in fields:
                if name in request.fields or name == "authorization":
                    grants.add(self._bus.check(request.fields.get(name, "")))
        except InvalidToken as error:
            log.warning("refused a token: %s", error)
            raise Refusal("amqp:unauthorized-access", str(error), 401) from error
        return grants

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
            self._bus.remove(path)
            return Response(200)
        if request.method == "PUT":
            return self._put_entity(request, path)
        raise argument_error(f"{request.method} is not known here.")

    def _put_entity(self, request: Request, path: str) -> Response:
        description_of_kind, description = atom.read_description(request.body)
        kind = description_of_kind.removesuffix("Description").lower()
        settings = atom.settings_in(description)
        is_update = "if-match" in request.fields
        try:
            described, keys = described_in(settings), access_keys_of(atom.access_rules_in(description))
            entity = self._change(request, path, settings) if is_update else self._make(request, path, kind, settings)
        except ValueError as error:
            raise argument_error(str(error)) from error
        entity.described, entity.access_keys = described, keys
        self._remember(entity)
        self._bus.idle.look()
        return _page(self._entry(entity), 200 if is_update else 201)

    def _change(self, request: Request, path: str, settings: dict[str, str]) -> Entity:
        entity = self._declared(path)
        before, kind = entity.options, kind_of(entity)
        # what is not said any more is not forwarded any more
        options = options_of(settings, replace(before, forward_to=None, forward_dead_letters_to=None))
        check_unchanged(options, before, kind)
        self._check(request, path, options, before, kind)
        entity.change(options)
        # nothing declares it at the next start, so the journal has to
        entity.made_by_client |= self._namespace.makes_on_demand(path)
        return entity

    def _make(self, request: Request, path: str, kind: str, settings: dict[str, str]) -> Entity:
        if self._is_declared(path):
            raise entity_exists(path)
        defaults = self._namespace.options
        options = options_of(settings, defaults)
        self._check(request, path, options, defaults, kind)
        entity = make(self._namespace, path, kind, options)
        entity.made_by_client = True
        return entity

    def _check(self, request: Request, path: str, options: EntityOptions, before: EntityOptions, kind: str) -> None:
        check_settings(options, before, kind, self._namespace.shortest_idle)
        self._namespace.check_forwarding(path, options)
        targets = {
            "servicebussupplementaryauthorization": options.forward_to,
            "servicebusdlqsupplementaryauthorization": options.forward_dead_letters_to,
        }
        for field, target in targets.items():
            if target and not self._grants(request, "authorization", field).allow(path_of(target), Right.SEND):
                raise right_required(Right.SEND, path_of(target))

    def _declared(self, path: str) -> Entity:
        """The entity, if it exists; asking for its settings makes none on demand."""
        topic, _, name = split_subscription(path)
        if name:
            return self._namespace.topic(topic).subscription(name)
        found = self._namespace.queues.get(path.lower()) or self._namespace.topics.get(path.lower())
        if found is None:
            raise entity_not_found(path)
        return found

    def _is_declared(self, path: str) -> bool:
        try:
            self._declared(path)
        except Refusal:
            return False
        return True

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
        if request.method != "GET" and subscription.refuses_receiving:
            raise entity_disabled("Changing rules of", subscription.path)
        if request.method == "PUT":
            check_name(name, "rule")
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
