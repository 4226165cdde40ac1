"""A shop and Odoo live for a while; then both have the same stock."""

import random

from .stock import StockCase

EVENTS = 200
WEIGHTS = {
    "buy": 40,
    "receive": 12,
    "ship": 14,
    "give_back": 6,
    "cancel": 8,
    "mend": 6,
    "read": 4,
    "push": 10,
}


class Life:
    """What happens is random, and the same each time."""

    events = EVENTS
    weights = WEIGHTS

    def live(self, seed):
        """Let what :attr:`weights` name happen, each a method ``live_…``."""
        self.random = random.Random(seed)
        self.begin()
        for event in self.random.choices(
            list(self.weights), list(self.weights.values()), k=self.events
        ):
            getattr(self, f"live_{event}")()
            self.look(event)
        self.end()

    def begin(self):
        """What was there before."""

    def look(self, event):
        """What is true after each event."""

    def end(self):
        """Let both sides come to rest."""


class StockLife(Life, StockCase):
    """Orders are refused now and then, cancelled, mended, shipped and returned;
    somebody also buys while stock is being written.
    """

    def begin(self):
        self.bought, self.shipped, self.refused = [], [], []
        self.push(full=True)
        self.shop.watch = self.interfere

    def end(self):
        self.shop.watch = lambda _method, _kind: None
        for _turn in range(3):
            self.run_flow()
            self.push_late()

    def interfere(self, method, _kind):
        if method != "put" and self.random.random() < 0.3:
            self.live_buy()

    def live_buy(self):
        item = self.random.choice(self.items)
        quantity, kind = self.random.randint(1, 3), self.random.random()
        changes = {}
        if kind < 0.2:
            changes = {"suspicious": True}
        elif kind < 0.3:
            changes = {"status": "pending"}
        number = self.buy(quantity, item.default_code, **changes)
        if number:
            (self.refused if changes else self.bought).append(number)

    def live_receive(self):
        item = self.random.choice(self.items)
        self.env["stock.quant"]._update_available_quantity(
            item, self.warehouse.lot_stock_id, self.random.randint(1, 4)
        )

    def live_ship(self):
        rows = self.env["sale.channel.order"].search(
            [
                ("channel_id", "=", self.channel.id),
                ("external_id", "in", self.bought),
                ("state", "=", "imported"),
            ]
        )
        orders = rows.sale_order_id.filtered(lambda o: o.state == "sale")
        ready = [
            order
            for order in orders
            if all(picking.state == "assigned" for picking in order.picking_ids)
        ]
        if ready:
            order = self.random.choice(ready)
            self.deliver(order)
            number = order.client_order_ref
            self.bought.remove(number)
            self.shipped.append(order)
            self.shop.leave(number)

    def live_give_back(self):
        if self.shipped:
            self.take_back(self.shipped.pop(), 1)

    def live_cancel(self):
        number = self.random.choice([*self.bought, *self.refused, None])
        if number:
            (self.bought if number in self.bought else self.refused).remove(number)
            self.shop.leave(number, cancelled=True)
            self.put(number, status="cancelled", suspicious=False)

    def live_mend(self):
        if self.refused:
            number = self.refused.pop()
            self.put(number, status="paid", suspicious=False)
            self.bought.append(number)

    def live_read(self):
        self.run_flow()

    def live_push(self):
        self.make_due("stock_out")
        self.push()

    def assert_right_on_both_sides(self):
        kept = dict.fromkeys(self.items, 0.0)
        for number in self.refused:
            [line] = self.remote.orders[number]["lines"]
            item = self.items.filtered(lambda p, ln=line: p.default_code == ln["sku"])
            kept[item] += float(line["quantity"])
        self.assertEqual(set(self.reasons().values()), set())
        self.items.invalidate_recordset()
        there = dict(zip(self.items.mapped("default_code"), self.there(), strict=True))
        for item in self.items:
            free = min(item.free_qty, item.qty_available - item.outgoing_qty)
            self.assertEqual(
                max(0, there[item.default_code]),
                max(0, free - kept[item]),
                (item.default_code, there, free, kept),
            )
        # As many orders here as there, but for those that nobody may import.
        rows = self.channel.channel_order_ids
        imported = rows.filtered(lambda row: row.sale_order_id.state == "sale")
        names = {order.client_order_ref for order in self.shipped}
        self.assertLessEqual({*self.bought, *names}, {*imported.mapped("external_id")})
        self.assertFalse({*self.refused} & {*imported.mapped("external_id")})
