"""Stock of a few products, and people who buy them in the fake shop."""

from odoo import fields
from odoo.tools import float_round

from odoo.addons.channel_catalog.lib.traits import CatalogTraits

from .common import CatalogCase


class StockCase(CatalogCase):
    """Three products in the shop, ten of each in the warehouse; nothing was told."""

    kind = "sellable"
    locations = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.items = cls.make_item("UNO") | cls.make_item("DOS") | cls.make_item("TRES")
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        for item in cls.items:
            cls.set_stock(item, 10)
        cls.out = cls.channel.flow_ids.filtered(lambda flow: flow.kind == "stock_out")
        cls.planner = cls.env["sale.channel.listing.stock.planner"]

    @classmethod
    def set_stock(cls, product, quantity, warehouse=None, **values):
        """Count this many in a warehouse."""
        warehouse = warehouse or cls.warehouse
        place = warehouse.lot_stock_id
        quants = cls.env["stock.quant"].with_context(inventory_mode=True)
        quants.create(
            {
                "product_id": product.id,
                "location_id": place.id,
                "inventory_quantity": quantity,
                **values,
            }
        ).action_apply_inventory()

    def setUp(self):
        super().setUp()
        self.shop.traits = CatalogTraits(stock_kind=self.kind, locations=self.locations)
        self.channel.invalidate_recordset()
        self.listed = self.env["sale.channel.listing"]
        for item in self.items:
            self.listed |= self.link(item)
        self.start("stock_out")

    def link(self, product, sku=None, **values):
        """A listing of a product that the shop has."""
        sku = sku or product.default_code
        external_id = self.shop.add(sku=sku, title=sku)
        return self.env["sale.channel.listing"].create(
            {
                "channel_id": self.channel.id,
                "product_id": product.id,
                "external_id": external_id,
                "external_stock_id": self.shop.stock_id(external_id),
                **values,
            }
        )

    def push(self, full=False):
        """Hand over what changed, plan and send it."""
        self.env.cr.flush()
        self.env["sale.channel.change"]._hand_over()
        self._run_flow(self.out, full)

    def push_late(self):
        """The same, after what waits."""
        self.make_due("stock_out")
        self.push()

    def buy(self, quantity=1, sku="UNO", place="", **changes):
        """Somebody buys in the shop; the order's number, None without enough."""
        number = f"B{len(self.remote.orders) + 1}"
        if not self.shop.buy(sku, quantity, number, place):
            return None
        line = {
            "id": f"{number}-0",
            "sku": sku,
            "item": self.shop.listing(sku),
            "quantity": str(quantity),
            "price": "121.00",
        }
        return self.put(number, **{"lines": [line], **changes})

    def there(self, place=""):
        """What can be bought of each of the products."""
        return [self.shop.available(item.default_code, place) for item in self.items]

    def make_due(self, what):
        """Let pauses be over: of a family, or of a row of the inbox."""
        if isinstance(what, str):
            return super().make_due(what)
        what.next_attempt_at = fields.Datetime.now()
        return None

    def row(self, sku="UNO"):
        listing = self.listed.filtered(lambda one: one.product_id.default_code == sku)
        return self.rows("stock_out").filtered(lambda row: row.res_id == listing.id)

    def reasons(self):
        rows = self.rows("stock_out")
        return {row.name: row.error_code for row in rows if row.error_code}

    def age(self, rows, **time):
        """Let time pass since rows were last sent."""
        for row in rows:
            row.last_synced_at = fields.Datetime.subtract(row.last_synced_at, **time)

    def deliver(self, order):
        """Ship all of a sale order."""
        for picking in order.picking_ids:
            picking.action_assign()
            picking.move_ids.picked = True
            picking.button_validate()

    def take_back(self, order, quantity):
        """Receive some of what was delivered."""
        picking = order.picking_ids.filtered(lambda one: one.state == "done")[:1]
        back = self.env["stock.return.picking"].with_context(
            active_id=picking.id, active_ids=picking.ids, active_model="stock.picking"
        )
        back = back.create({"picking_id": picking.id})
        back.product_return_moves.quantity = float_round(quantity, 0)
        returned = self.env["stock.picking"].browse(
            back.action_create_returns()["res_id"]
        )
        returned.move_ids.picked = True
        returned.button_validate()
