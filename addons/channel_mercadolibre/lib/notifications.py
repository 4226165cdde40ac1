"""Notifications that MercadoLibre sends, and the ones it could not deliver.

Source: developers.mercadolibre.com, "Notifications". A notification carries no data
and no signature: anybody may send one, so it is only a reason to ask the service.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from odoo.addons.channel_base.lib.errors import Rejected
from odoo.addons.channel_base.lib.hint import (
    MAX_RESOURCE,
    MAX_TOPIC,
    Hint,
    Notification,
)
from odoo.addons.channel_base.lib.reader import (
    invalid,
    mapping,
    moment,
    required_identifier,
    sequence,
    text,
)
from odoo.addons.channel_catalog.lib.remote import ListingHint
from odoo.addons.channel_order.lib.concern import Concern

from .client import MercadoLibreClient

# Two days of a shop that was down hold less.
MAX_MISSED_PAGES = 40

# Topics that somebody may have subscribed to, with the flow that looks after them.
# Those without a flow only show that notifications arrive.
TOPICS: Mapping[str, str | None] = {
    "orders_v2": "orders_in",
    "shipments": "orders_in",
    "payments": None,
    "orders feedback": None,
    "items": "listings_in",
    "items_prices": "listings_in",
    "stock-location": "listings_in",
    "user_products": "listings_in",
    "user_products_families": None,
    "questions": None,
    "messages": None,
    "post_purchase": None,
    "invoices": None,
    "fbm_stock_operations": None,
    "flex-handshakes": None,
    "public_offers": None,
    "public_candidates": None,
    "price_suggestion": None,
    "catalog_item_competition_status": None,
}
# What an administrator has to subscribe to: for orders, and to sell
ORDER_TOPICS = tuple(topic for topic, flow in TOPICS.items() if flow == "orders_in")
LISTING_TOPICS = tuple(topic for topic, flow in TOPICS.items() if flow == "listings_in")
SEARCH_TOPIC = "orders_v2"

_RESOURCES = (
    ("orders_v2", "order", re.compile(r"/?orders/([1-9][0-9]{0,18})")),
    ("shipments", "shipment", re.compile(r"/?shipments/([1-9][0-9]{0,18})")),
)
_ITEM = re.compile(r"/?items/([A-Z]{3}[1-9][0-9]{0,18})(?:/[a-z_]{1,32})?")
_USER_PRODUCT = re.compile(r"/?user-products/([A-Z]{3}U[1-9][0-9]{0,18})(?:/stock)?")


def parse_body(body: bytes) -> Notification:
    """The notification in a request's body, whatever its content type.

    :raises Rejected: ``payload_invalid``
    """
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        raise invalid("body", "JSON") from None
    return parse(content)


def parse(content: Any) -> Notification:
    """A notification from JSON. What is only informative may be missing or wrong.

    :raises Rejected: ``payload_invalid``: no application, user, topic or resource
    """
    if not isinstance(content, dict):
        raise invalid("body", "object")
    topic = text(content.get("topic"), "topic", MAX_TOPIC)
    resource = text(content.get("resource"), "resource", MAX_RESOURCE)
    if not topic or not resource:
        raise invalid("topic" if not topic else "resource", "text")
    hint = None
    if topic in TOPICS:
        hint = Hint(
            topic=topic,
            resource=resource,
            sent_at=_sent_at(content),
            kind=TOPICS[topic],
            attempts=_attempts(content.get("attempts")),
        )
    return Notification(
        application=required_identifier(
            content.get("application_id"), "application_id"
        ),
        account=required_identifier(content.get("user_id"), "user_id"),
        hint=hint,
    )


def message_id(content: Any) -> str:
    """The id of a notification, which the service spells in two ways; maybe empty."""
    found = content.get("_id") or content.get("id") if isinstance(content, dict) else ""
    return found[:64] if isinstance(found, str) else ""


def read_missed(
    client: MercadoLibreClient,
    app_id: str,
    account_id: str,
    known: set[str],
    site_id: str = "",
    topics: Iterable[str] = ORDER_TOPICS,
) -> tuple[list[Hint], list[str]]:
    """What could not be delivered of one account, and the ids of all of it.

    The service tells the same ones for two days; those in ``known`` are left out.

    :param site_id: of the account; without it nothing is told of items
    :param topics: those to ask for
    :return: hints of the topics that a flow looks after, and every id that was told
    :raises ChannelError: see :class:`MercadoLibreClient`
    """
    hints: list[Hint] = []
    ids: list[str] = []
    for topic in topics:
        offset = 0
        for _page in range(MAX_MISSED_PAGES):
            answer = client.missed_feeds(app_id, topic, offset=offset, site_id=site_id)
            body = mapping(answer.body, "missed_feeds")
            messages = sequence(body.get("messages"), "messages", limit=1000)
            for message in messages:
                told = message_id(message)
                ids.append(told)
                hint = _missed_hint(message, app_id, account_id)
                if hint and (not told or told not in known):
                    hints.append(hint)
            # How many a page holds at most is the service's business.
            offset += len(messages)
            if not messages:
                break
    return hints, ids


def _missed_hint(message: Any, app_id: str, account_id: str) -> Hint | None:
    """The hint of a missed notification; None for another account's or garbage."""
    try:
        found = parse(message)
    except Rejected:
        return None
    if (found.application, found.account) != (app_id, account_id):
        return None
    return found.hint if found.hint and found.hint.kind else None


def concern(topic: str, resource: str) -> Concern | None:
    """The order or shipment that a notification is about."""
    for name, kind, pattern in _RESOURCES:
        found = pattern.fullmatch(resource) if topic == name else None
        if found:
            return Concern(kind, found[1])  # type: ignore[arg-type]
    return None


def listing_hint(topic: str, resource: str) -> ListingHint | None:
    """The item or the shared stock that a notification is about."""
    if topic not in LISTING_TOPICS:
        return None
    if found := _ITEM.fullmatch(resource):
        return ListingHint(external_id=found[1])
    if found := _USER_PRODUCT.fullmatch(resource):
        return ListingHint(stock_group=found[1])
    return None


def _sent_at(content: Mapping[str, Any]) -> Any:
    try:
        return moment(content.get("sent"), "sent")
    except Rejected:
        return None


def _attempts(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        return 1
    return min(max(value, 1), 1000)
