"""Orders of one seller as an :class:`OrderSource`.

Source: developers.mercadolibre.com, "Orders" (search, retention, partial content),
"Packs", "Billing info" (two steps), "Shipments" (``x-format-new``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from odoo.addons.channel_base.lib.errors import Rejected
from odoo.addons.channel_order.lib.schema import Order
from odoo.addons.channel_order.lib.source import OrderPage, OrderReference

from . import parser, window
from .bundle import BundleReader, json_object
from .cart import cart_id, version
from .client import MAX_PAGE, MercadoLibreClient
from .reader import (
    invalid,
    mapping,
    moment,
    required_identifier,
    sequence,
)
from .sites import Site


class MercadoLibreOrders:
    """Searches, reads and parses the carts of one seller.

    :param seller_id: the account's user id
    :param site: country site of the account
    """

    def __init__(self, client: MercadoLibreClient, seller_id: str, site: Site):
        self.client = client
        self.seller_id = seller_id
        self.site = site

    def search(
        self, cursor: dict[str, Any], since: datetime, now: datetime, limit: int
    ) -> OrderPage:
        """The next page of carts whose orders changed; see :meth:`OrderSource.search`.

        A cart whose orders fall on two pages is told twice, each time with the
        versions that page showed. Cancelled orders show only while the service's
        search shows them.
        """
        position = window.load(cursor, since, now)
        asked = max(1, min(limit, MAX_PAGE))
        results, total = self._page(position, asked)
        while total > window.MAX_TOTAL and not position.offset:
            narrower = position.halved(now)
            if narrower is None:
                break
            position = narrower
            results, total = self._page(position, asked)
        ids = [
            required_identifier(result.get("id"), f"results[{index}].id")
            for index, result in enumerate(results)
        ]
        following = position.advanced(ids, total)
        more = following is not None or position.end is not None
        if following is None:
            following = replace(position, total=total).following(now)
        return OrderPage(_references(results, ids), following.dump(), more)

    def _page(
        self, position: window.Position, limit: int
    ) -> tuple[list[dict[str, Any]], int]:
        answer = self.client.search_orders(
            self.seller_id,
            updated_from=position.lower,
            updated_to=position.end,
            offset=position.offset,
            limit=limit,
        )
        body = json_object(answer, "search")
        total = mapping(body.get("paging"), "paging").get("total")
        if isinstance(total, bool) or not isinstance(total, int) or total < 0:
            raise invalid("paging.total", "number")
        if not isinstance(body.get("results"), list):
            raise invalid("results", "array")
        results = [
            mapping(result, f"results[{index}]")
            for index, result in enumerate(sequence(body["results"], "results"))
        ]
        return results, total

    def fetch(self, external_id: str, versions: Mapping[str, str]) -> dict[str, Any]:
        """Everything about one cart; see :meth:`.bundle.BundleReader.read`."""
        reader = BundleReader(self.client, self.seller_id, self.site.id)
        return reader.read(external_id, versions)

    def take_calls(self) -> int:
        """API calls made since this was last asked."""
        return self.client.take_calls()

    def parse(self, bundle: dict[str, Any]) -> Order:
        """The bundle in the shared words; see :func:`.parser.parse`."""
        return parser.parse(bundle)


def _references(
    results: list[dict[str, Any]], ids: list[str]
) -> tuple[OrderReference, ...]:
    carts: dict[str, dict[str, str]] = {}
    placed: dict[str, datetime] = {}
    for index, (order_id, result) in enumerate(zip(ids, results, strict=True)):
        cart = cart_id(result, f"results[{index}]")
        carts.setdefault(cart, {})[order_id] = version(result)
        try:
            at = moment(result.get("date_created"), "date_created")
        except Rejected:
            # The date of one order must not stop the search for all of them.
            continue
        if at is not None:
            placed[cart] = min(at, placed.get(cart, at))
    return tuple(
        OrderReference(cart, versions, placed.get(cart))
        for cart, versions in carts.items()
    )
