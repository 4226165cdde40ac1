"""Stock of a shop by location, as it is *physically* there.

The shop keeps reservations of its own and takes them off what it offers. Source:
docs.medusajs.com, "Inventory levels" and "Reservations"; measured on the server 2.18.0:
a batch is all or nothing, an item that is not at a location yet has to be created
there, and a location that does not exist is accepted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from odoo.addons.channel_base.lib.errors import ChannelError, Rejected
from odoo.addons.channel_base.lib.reader import (
    decimal,
    identifier,
    mapping,
    required_identifier,
    sequence,
)
from odoo.addons.channel_catalog.lib.contents import format_levels, parse_levels
from odoo.addons.channel_catalog.lib.stock import Reservation
from odoo.addons.channel_outgoing.lib.kind import Content
from odoo.addons.channel_outgoing.lib.writer import Answer, Found, Target

from .client import MedusaClient

_BATCH = "/admin/inventory-items/location-levels/batch"
_LEVELS = "id,location_levels.location_id,location_levels.stocked_quantity"

Levels = dict[str, Decimal]


class MedusaStock:
    """The writer of stock.

    :param find_orders: the orders of order lines, as Odoo knows them; the shop's
        reservations name the line only
    """

    def __init__(
        self,
        client: MedusaClient,
        find_orders: Callable[[Iterable[str]], Mapping[str, str]] = lambda _lines: {},
    ):
        self.client = client
        self.find_orders = find_orders
        self._locations: set[str] | None = None

    def take_calls(self) -> int:
        """API calls made since this was last asked."""
        return self.client.take_calls()

    def find(self, kind: str, targets: Sequence[Target]) -> Mapping[str, Found]:
        """What is stocked, by location."""
        items = [target.external_id for target in targets if target.external_id]
        there = self.read_levels(items)
        return {
            target.reference: Found(key, _content(key, there[key]))
            for target in targets
            if (key := target.external_id or "") in there
        }

    def read_levels(self, items: Iterable[str]) -> dict[str, Levels]:
        """Item → location → what is stocked; items that are gone are absent."""
        rows = self.client.read_some(
            "/admin/inventory-items", "inventory_items", items, fields=_LEVELS
        )
        found = {}
        for row in rows:
            levels = sequence(row.get("location_levels"), "location_levels")
            blocks = [mapping(level, "location_levels") for level in levels]
            found[required_identifier(row.get("id"), "id")] = {
                required_identifier(block.get("location_id"), "location_id"): decimal(
                    block.get("stocked_quantity"), "stocked_quantity"
                )
                for block in blocks
            }
        return found

    def read_reservations(self, items: Iterable[str]) -> dict[str, list[Reservation]]:
        """What the shop keeps of items for lines of orders."""
        rows = self.client.read_some(
            "/admin/reservations",
            "reservations",
            items,
            by="inventory_item_id",
            fields="id,line_item_id,inventory_item_id,location_id,quantity",
        )
        lines = {identifier(row.get("line_item_id"), "line_item_id") for row in rows}
        orders = self.find_orders(lines - {""})
        found: dict[str, list[Reservation]] = {}
        for row in rows:
            line = identifier(row.get("line_item_id"), "line_item_id")
            item = required_identifier(row.get("inventory_item_id"), "item")
            found.setdefault(item, []).append(
                Reservation(
                    orders.get(line, ""),
                    line,
                    identifier(row.get("location_id"), "location_id"),
                    float(decimal(row.get("quantity"), "quantity")),
                )
            )
        return found

    def put(
        self, kind: str, records: Sequence[tuple[Target, Content]]
    ) -> Mapping[str, Answer]:
        """Write absolute quantities in one call.

        :raises Rejected: the shop refuses the batch as a whole
        """
        items = [str(content["item"]) for _target, content in records]
        there = self.read_levels(items)
        answers: dict[str, Answer] = {}
        create: list[dict[str, Any]] = []
        update: list[dict[str, Any]] = []
        for target, content in records:
            item = str(content["item"])
            try:
                wanted = self._wanted(content, there)
            except Rejected as error:
                answers[target.reference] = error
                continue
            answers[target.reference] = item
            for place, quantity in wanted.items():
                level = {
                    "inventory_item_id": item,
                    "location_id": place,
                    "stocked_quantity": _number(quantity),
                }
                (update if place in there[item] else create).append(level)
        if create or update:
            body = {"create": create, "update": update, "delete": [], "force": False}
            self.client.post(_BATCH, body)
        return answers

    def delete(
        self, kind: str, targets: Sequence[Target]
    ) -> Mapping[str, ChannelError]:
        """Nothing is deleted: what is not synchronised any more is left as it is."""
        return {target.reference: Rejected("not_deleted") for target in targets}

    def _wanted(self, content: Content, there: Mapping[str, Levels]) -> Levels:
        """The levels to write.

        :raises Rejected: ``not_found`` or ``location_unknown``: the shop would accept
            a location that it has not
        """
        item = str(content["item"])
        if item not in there:
            raise Rejected("not_found", "item")
        wanted = parse_levels(content.get("levels"))
        if not wanted:
            wanted = {self._only_place(): Decimal(str(content["quantity"] or 0))}
        for place in wanted:
            if place not in self._get_locations():
                raise Rejected("location_unknown", "location", location=place)
        return wanted

    def _only_place(self) -> str:
        places = self._get_locations()
        if len(places) != 1:
            raise Rejected("location_missing", "location")
        return next(iter(places))

    def _get_locations(self) -> set[str]:
        if self._locations is None:
            rows = self.client.read_all(
                "/admin/stock-locations", "stock_locations", fields="id"
            )
            self._locations = {required_identifier(r.get("id"), "id") for r in rows}
        return self._locations


def _content(item: str, levels: Levels) -> dict[str, Any]:
    return {
        "item": item,
        "quantity": float(sum(levels.values(), Decimal(0))),
        "levels": format_levels(levels),
    }


def _number(quantity: Decimal) -> int | float:
    whole = quantity == quantity.to_integral_value()
    return int(quantity) if whole else float(quantity)
