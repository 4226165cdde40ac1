"""Three accounts and a shop on Medusa sell the same product, by pieces and by six."""

from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.channel_base.lib.http import HttpClient
from odoo.addons.test_channel_catalog.tests.stock import StockCase
from odoo.addons.test_channel_catalog.tests.stock_life import Life

from .common import BRAZILIAN_SELLER, OTHER_SELLER, SELLER, RemoteOrders
from .outlets import SIX, STORES, Account, Shop

WRITES = ("POST", "PUT")


@tagged("post_install", "-at_install")
class TestSharedStock(RemoteOrders, Life, StockCase):
    provider = "mercadolibre"
    events = 45
    weights = {
        "buy": 40,
        "receive": 8,
        "ship": 8,
        "cancel": 8,
        "sell_here": 5,
        "read": 6,
        "push": 12,
        "tick": 8,
    }

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        real = cls.env.ref("base.BRL")
        real.active = True
        cls.brl = cls.env["product.pricelist"].create(
            {"name": "Reais", "currency_id": real.id, "company_id": cls.company.id}
        )
        cls.south = cls.env["stock.warehouse"].create(
            {"name": "Sur", "code": "SUR", "company_id": cls.company.id}
        )
        cls.item = cls.items[0]
        cls.set_stock(cls.item, 14, cls.south)

    def setUp(self):
        # Nothing is sold in the fake shop.
        super(StockCase, self).setUp()
        self.start_sandbox()
        self.outlets = self.open_outlets()
        for outlet in self.outlets:
            outlet.sell(self.item)
            outlet.sell(self.item, SIX)
            self.use(outlet)
            self.out.confirmed = self.out.enabled = True
        self.marks()

    def open_outlets(self):
        both = {"stock_warehouse_ids": (self.warehouse | self.south).ids}
        former, modern = self.open(**both), self.open(**both)
        multi = self.open(mercadolibre_site="MLB", pricelist_id=self.brl.id)
        shop = self.open(channel_type="medusa")
        outlets = [
            Account(self, former, SELLER, "former"),
            Account(self, modern, OTHER_SELLER, "modern"),
            Account(self, multi, BRAZILIAN_SELLER, "multi"),
            Shop(self, shop, self.warehouse),
        ]
        self.locate(multi)
        return outlets

    def open(self, **values):
        """A channel that everything leaves the same warehouse from."""
        return self.make_channel(
            name=f"Canal {self.env['sale.channel'].search_count([])}",
            carrier_id=self.carrier.id,
            warehouse_id=self.warehouse.id,
            orders_from="2020-01-01 00:00:00",
            **values,
        )

    def locate(self, channel):
        """Have a warehouse at each store of an account."""
        mappings = self.env["sale.channel.mapping"]
        for store, warehouse in zip(STORES, self.warehouse | self.south, strict=True):
            row = mappings._ensure(channel, "stock_location", store["id"])
            row.write({"direction": "both", "res_id": warehouse.id})

    def use(self, outlet):
        self.channel = outlet.channel
        self.out = self.flow("stock_out")

    # What happens

    def begin(self):
        self.received, self.sold = 24, 0
        # Units bought since the last completed tick began, and during this one
        self.since, self.during = 0, 0
        self.open_orders = []
        self.tick()
        call, case = HttpClient._call, self

        def interfere(client, method, *args):
            if method in WRITES and case.random.random() < 0.1:
                case.live_buy()
            return call(client, method, *args)

        self.meddling = patch.object(HttpClient, "_call", interfere)
        self.meddling.start()
        self.addCleanup(patch.stopall)

    def end(self):
        self.meddling.stop()
        for _time in range(2):
            self.tick()

    def tick(self):
        """Each channel reads its orders and sends its stock."""
        self.during = 0
        outlets = self.random.sample(self.outlets, len(self.outlets))
        for outlet in outlets:
            self.use(outlet)
            self.run_flow()
        for outlet in outlets:
            self.use(outlet)
            self.push_late()
        self.since = self.during

    def count_bought(self, units):
        self.sold += units
        self.since += units
        self.during += units

    def live_tick(self):
        self.tick()

    def live_buy(self):
        outlet = self.random.choice(self.outlets)
        units = self.random.choice((1, 1, SIX))
        pieces = self.random.randint(1, 3 if units == 1 else 1)
        if outlet.shown(units) < pieces:
            return
        self.open_orders.append((outlet, outlet.buy(units, pieces), units * pieces))
        self.count_bought(units * pieces)

    def live_receive(self):
        warehouse = self.random.choice((self.warehouse, self.south))
        number = self.random.randint(1, 8)
        self.env["stock.quant"]._update_available_quantity(
            self.item, warehouse.lot_stock_id, number
        )
        self.received += number

    def live_ship(self):
        for outlet, order, units in self.open_orders:
            row = self.row_of(outlet, order)
            pickings = row.sale_order_id.picking_ids
            if pickings and all(one.state == "assigned" for one in pickings):
                self.deliver(row.sale_order_id)
                self.open_orders.remove((outlet, order, units))
                return

    def live_cancel(self):
        if self.open_orders:
            one = self.random.choice(self.open_orders)
            self.open_orders.remove(one)
            one[0].cancel(one[1])
            self.sold -= one[2]

    def live_sell_here(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Ana"}).id,
                "warehouse_id": self.warehouse.id,
                "order_line": [
                    (0, 0, {"product_id": self.item.id, "product_uom_qty": 2})
                ],
            }
        )
        order.action_confirm()
        self.count_bought(2)

    def live_read(self):
        self.use(self.random.choice(self.outlets))
        self.run_flow()

    def live_push(self):
        self.use(self.random.choice(self.outlets))
        self.push_late()

    def row_of(self, outlet, order):
        return self.env["sale.channel.order"].search(
            [("channel_id", "=", outlet.channel.id), ("external_id", "=", order[0])]
        )

    # What is true

    def look(self, event):
        """Nobody offers more than there is but for what was bought since each channel
        last knew of all."""
        free = max(0, self.received - self.sold)
        for outlet in self.outlets:
            for units in outlet.listed:
                offered = outlet.shown(units) * units
                self.assertLessEqual(
                    offered - free, self.since, (event, outlet.channel.name, units)
                )

    def get_free(self):
        """What Odoo may sell, by warehouse."""
        free = {}
        for warehouse in self.warehouse | self.south:
            item = self.item.with_context(warehouse_id=warehouse.id)
            item.invalidate_recordset()
            free[warehouse] = min(item.free_qty, item.qty_available - item.outgoing_qty)
        return free

    def assert_each_shows_what_may_be_sold(self):
        free = self.get_free()
        self.assertEqual(sum(free.values()), self.received - self.sold)
        near, far = free.values()
        for outlet in self.outlets[:2]:
            self.assertEqual(
                (outlet.shown(1), outlet.shown(SIX)),
                (max(0, near + far), max(0, near + far) // SIX),
            )
        # What one warehouse owes the other one has to serve.
        places = [max(0, near + min(0, far)), max(0, far + min(0, near))]
        multi, shop = self.outlets[2:]
        self.assertEqual(
            (multi.shown(1), multi.shown(SIX)),
            (sum(places), sum(place // SIX for place in places)),
        )
        self.assertEqual(
            (shop.shown(1), shop.shown(SIX)), (max(0, near), max(0, near) // SIX)
        )
        for outlet in self.outlets:
            self.use(outlet)
            self.assertEqual(self.reasons(), {})
            rows = outlet.channel.channel_order_ids
            self.assertEqual(set(rows.mapped("sync_state")), {"done"})

    def test_three_accounts_and_a_shop_sell_the_same(self):
        self.live(seed=11)
        self.assert_each_shows_what_may_be_sold()
