"""Orders of one seller as an :class:`OrderSource`.

Source: developers.mercadolibre.com, "Orders" (search, retention, partial content),
"Packs", "Billing info" (two steps), "Shipments" (``x-format-new``).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from odoo.addons.channel_base.lib.errors import Rejected, Retryable
from odoo.addons.channel_base.lib.reader import (
    invalid,
    mapping,
    moment,
    required_identifier,
    sequence,
)
from odoo.addons.channel_order.lib.source import OrderPage, OrderReference

from . import span
from .bundle import BundleReader, json_object
from .cart import CANCELLED, Block, cart_id, version
from .client import MAX_PAGE, MercadoLibreClient
from .sites import Site

_logger = logging.getLogger(__name__)

# The walks of one pass, in their order, and the status that each one asks for: a
# search hides cancelled orders from sellers who do not name that status.
_WALKS: Mapping[str, str | None] = {"orders": None, "cancelled": CANCELLED}
_FIRST, _LAST = "orders", "cancelled"

Row = tuple[str, str, Block]  # id of the order, id of its cart, JSON object


class MercadoLibreOrders:
    """Searches and reads the carts of one seller.

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

        A pass walks through all orders but the cancelled ones, then through those:
        the service shows them only when asked for. Each call is one page of one of
        the walks. The cursor holds where each of them stands, and whose turn it is::

            {"orders": {…}, "cancelled": {…}, "turn": "orders" | "cancelled"}

        A cart whose orders fall on two pages is told twice, each time with the
        versions that page showed.
        """
        known = cursor if isinstance(cursor, dict) else {}
        walks = {name: span.load(known.get(name), since, now) for name in _WALKS}
        turn = _LAST if known.get("turn") == _LAST else _FIRST
        position, results, total = self._narrowed(
            walks[turn], _WALKS[turn], max(1, min(limit, MAX_PAGE)), now
        )
        ids, rows = self._read(results)
        following = position.advanced(ids, total)
        more = following is not None or position.end is not None
        if following is None:
            following = replace(position, total=total).following(now)
        walks[turn] = following
        if not more:
            more = turn == _FIRST
            turn = _LAST if turn == _FIRST else _FIRST
        dumped = {name: walk.dump() for name, walk in walks.items()}
        return OrderPage(_references(rows), {**dumped, "turn": turn}, more)

    def _narrowed(
        self, position: span.Position, status: str | None, limit: int, now: datetime
    ) -> tuple[span.Position, Sequence[Any], int]:
        """A page, from a span that is halved until it is narrow enough."""
        results, total = self._page(position, status, limit)
        while total > span.MAX_TOTAL and not position.offset:
            narrower = position.halved(now)
            if narrower is None:
                break
            position = narrower
            results, total = self._page(position, status, limit)
        return position, results, total

    def _page(
        self, position: span.Position, status: str | None, limit: int
    ) -> tuple[Sequence[Any], int]:
        """Results of one call, and how many there are in the whole span.

        :raises Retryable: it shows nothing where there is something left to show
        """
        answer = self.client.search_orders(
            self.seller_id,
            updated_from=position.lower,
            updated_to=position.end,
            status=status,
            offset=position.offset,
            limit=limit,
        )
        body = json_object(answer, "search")
        total = mapping(body.get("paging"), "paging").get("total")
        if isinstance(total, bool) or not isinstance(total, int) or total < 0:
            raise invalid("paging.total", "number")
        if not isinstance(body.get("results"), list):
            raise invalid("results", "array")
        results = sequence(body["results"], "results")
        if not results and total > position.offset:
            raise Retryable(f"search: nothing from {position.offset} on, of {total}")
        return results, total

    def _read(self, results: Sequence[Any]) -> tuple[list[str], list[Row]]:
        """The id of every result, empty when it is unusable, and the usable rows.

        One order whose ids cannot be read must not stop the search for all others.
        """
        ids: list[str] = []
        rows: list[Row] = []
        unusable: list[str] = []
        for index, result in enumerate(results):
            path, order_id = f"results[{index}]", ""
            try:
                row = mapping(result, path)
                order_id = required_identifier(row.get("id"), f"{path}.id")
                rows.append((order_id, cart_id(row, path), row))
            except Rejected as error:
                unusable.append(error.field or path)
            ids.append(order_id)
        if unusable:
            _logger.warning(
                "account %s: %s of %s search results left out, unusable: %s",
                self.seller_id,
                len(unusable),
                len(results),
                ", ".join(unusable[:5]),
            )
        return ids, rows

    def fetch(self, external_id: str, versions: Mapping[str, str]) -> dict[str, Any]:
        """Everything about one cart; see :meth:`.bundle.BundleReader.read_cart`."""
        reader = BundleReader(self.client, self.seller_id, self.site.id)
        return reader.read_cart(external_id, versions)

    def take_calls(self) -> int:
        """API calls made since this was last asked."""
        return self.client.take_calls()


def _references(rows: Iterable[Row]) -> tuple[OrderReference, ...]:
    carts: dict[str, dict[str, str]] = {}
    placed: dict[str, datetime] = {}
    for order_id, cart, result in rows:
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
