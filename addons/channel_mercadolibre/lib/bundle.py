"""Everything the service tells about one cart, as one JSON bundle.

Source: developers.mercadolibre.com, "Orders" (partial content), "Packs", "Billing
info" (two steps), "Shipments" (``x-format-new``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from odoo.addons.channel_base.lib.errors import Rejected, Retryable
from odoo.addons.channel_base.lib.http import Response
from odoo.addons.channel_base.lib.reader import (
    identifier,
    invalid,
    mapping,
    required_identifier,
    sequence,
)

from .cart import billing_info_id, cart_id, identity_order, shipment_id, version
from .client import MercadoLibreClient, missing_parts

FORMAT = 1
Block = dict[str, Any]

_ABSENT = frozenset({"not_found", "other_account", "forbidden"})


class BundleReader:
    """Reads carts of one seller.

    :param seller_id: the account's user id
    :param site_id: country site of the account
    """

    def __init__(self, client: MercadoLibreClient, seller_id: str, site_id: str):
        self.client = client
        self.seller_id = seller_id
        self.site_id = site_id

    def read_cart(
        self, external_id: str, versions: Mapping[str, str]
    ) -> dict[str, Any]:
        """The orders of a cart, their pack, fiscal data and shipment.

        Three calls for an order, one more when it has a pack, one more for each
        further order of the pack. The bundle::

            {"schema": 1, "site", "seller_id", "external_id",
             "pack": {…} | None, "orders": [{…}], "shipment": {"data": {…} | None},
             "billing": {"format": "new" | "legacy" | "none", "data": {…} | None},
             "partial": [names of what is missing], "versions": {order id: version}}

        ``partial`` holds the names of the service's own header and ``pack``,
        ``billing``, ``shipment`` for what it does not show, ``order:<id>`` for an
        order that only the pack names.

        ``external_id`` is the cart's own id. It differs from the one asked for when
        that is an order which belongs to a pack.

        :param versions: order ids known from a search; may be empty, or lack some
            orders of the cart
        :raises Rejected: ``not_found``, ``other_account`` when there is no such cart
        :raises Retryable: an order came without its items, for the time being
        """
        partial: set[str] = set()
        cart, pack, orders = self._cart(external_id, versions, partial)
        _require_items(orders, partial)
        orders.sort(key=lambda order: (len(_id(order)), _id(order)))
        return {
            "schema": FORMAT,
            "site": self.site_id,
            "seller_id": self.seller_id,
            "external_id": cart,
            "pack": pack,
            "orders": orders,
            "billing": self._billing(orders, partial),
            "shipment": {"data": self._shipment(pack, orders, partial)},
            "partial": sorted(partial),
            "versions": {_id(order): version(order) for order in orders},
        }

    def _cart(
        self, external_id: str, versions: Mapping[str, str], partial: set[str]
    ) -> tuple[str, Block | None, list[Block]]:
        """The cart's own id, its pack if it has one, and its orders."""
        is_pack = external_id not in versions
        pack = self._pack(external_id) if is_pack else None
        known = sorted(versions) or ([] if pack else [external_id])
        orders = self._orders(known, pack, partial)
        if not orders:
            raise Rejected("not_found", "external_id", "no visible order in the pack")
        if external_id not in {cart_id(order, "order") for order in orders}:
            external_id = cart_id(orders[0], "order")
            is_pack = False
        # A split moves orders to another pack; they come in with that one.
        orders = [o for o in orders if cart_id(o, "order") == external_id]
        has_pack = bool(_id(orders[0], "pack_id"))
        if has_pack and not is_pack:
            pack = self._pack(external_id)
            more = self._orders([], pack, partial, {_id(o) for o in orders})
            orders += [o for o in more if cart_id(o, "order") == external_id]
        if has_pack and pack is None:
            partial.add("pack")
        return external_id, pack, orders

    def _pack(self, pack_id: str) -> Block | None:
        answer = self._tolerant(self.client.pack, pack_id)
        return json_object(answer, "pack") if answer else None

    def _orders(
        self,
        known: Iterable[str],
        pack: Block | None,
        partial: set[str],
        have: Iterable[str] = (),
    ) -> list[Block]:
        """The orders known from a search and those that the pack adds.

        Orders that only the pack names may belong to another seller; then they are
        none of this account's business. One that is not shown for another reason is
        noted as missing.
        """
        found = [self._order(order_id, partial) for order_id in known]
        seen = {*known, *have}
        listed = sequence((pack or {}).get("orders"), "pack.orders")
        for index, entry in enumerate(listed):
            path = f"pack.orders[{index}]"
            order_id = required_identifier(mapping(entry, path).get("id"), f"{path}.id")
            if order_id in seen:
                continue
            seen.add(order_id)
            parts: set[str] = set()
            try:
                order = self._order(order_id, parts)
            except Rejected as error:
                if error.code not in _ABSENT:
                    raise
                if error.code != "other_account":
                    partial.add(f"order:{order_id}")
                continue
            seller = mapping(order.get("seller"), "order.seller")
            if _id(seller) in ("", self.seller_id):
                found.append(order)
                partial |= parts
        return found

    def _order(self, order_id: str, partial: set[str]) -> dict[str, Any]:
        answer = self.client.order(order_id)
        order = json_object(answer, "order")
        if required_identifier(order.get("id"), "order.id") != order_id:
            raise invalid("order.id", order_id)
        partial |= missing_parts(answer)
        return order

    def _billing(self, orders: list[Block], partial: set[str]) -> dict[str, Any]:
        """Fiscal data: by its id, else the old way; what is refused is partial."""
        order = identity_order(orders)
        billing_id = billing_info_id(order, "order")
        refused = False
        if billing_id:
            try:
                answer = self.client.billing_info(self.site_id, billing_id)
                return _billing_block("new", answer, partial)
            except Rejected as error:
                if error.code not in _ABSENT:
                    raise
                refused = error.code != "not_found"
        try:
            answer = self.client.legacy_billing_info(_id(order))
            return _billing_block("legacy", answer, partial)
        except Rejected as error:
            if error.code not in _ABSENT:
                raise
            if refused or error.code != "not_found":
                partial.add("billing")
        return {"format": "none", "data": None}

    def _shipment(
        self,
        pack: Block | None,
        orders: list[Block],
        partial: set[str],
    ) -> Block | None:
        found = shipment_id(pack, orders)
        if not found:
            return None
        answer = self._tolerant(self.client.shipment, found)
        if answer is None or answer.status == 204:
            partial.add("shipment")
            return None
        if missing_parts(answer):
            partial.add("shipment")
        return json_object(answer, "shipment")

    def _tolerant(self, call: Any, *args: str) -> Response | None:
        """The answer, or None when the service has or shows nothing there."""
        try:
            answer: Response = call(*args)
        except Rejected as error:
            if error.code not in _ABSENT:
                raise
            return None
        return answer


def _require_items(orders: Iterable[Block], partial: set[str]) -> None:
    """:raises Retryable: an order without items, which a partial answer may be"""
    lacking = any(order.get("order_items") in (None, []) for order in orders)
    if lacking or "order_items" in partial:
        raise Retryable("order: answered without its items")


def _id(block: Mapping[str, Any], key: str = "id") -> str:
    return identifier(block.get(key), key)


def json_object(answer: Response, path: str) -> dict[str, Any]:
    """The answer's JSON object.

    :raises Retryable: empty answer
    :raises Rejected: ``payload_invalid`` when it is something else
    """
    if answer.body is None:
        # Never documented for these resources: a proxy or a passing fault.
        raise Retryable(f"{path}: empty answer")
    if not isinstance(answer.body, dict):
        raise invalid(path, "object")
    return answer.body


def _billing_block(shape: str, answer: Response, partial: set[str]) -> dict[str, Any]:
    if answer.status == 204:
        return {"format": "none", "data": None}
    if missing_parts(answer):
        partial.add("billing")
    return {"format": shape, "data": json_object(answer, "billing")}
