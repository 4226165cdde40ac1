from odoo import api, models

from odoo.addons.channel_outgoing.lib.content import Wanted
from odoo.addons.channel_outgoing.lib.part import Part

PAGE = 5000


class SaleChannelFakeStockPlanner(models.AbstractModel):
    _name = "sale.channel.fake.stock.planner"
    _inherit = "sale.channel.outgoing.planner"
    _description = "Plan of the Fake Channel's Stock"

    _outgoing_model = "sale.channel.fake.stock"
    _outgoing_scopes = frozenset({"product.category", "product.product", "fake.all"})

    @api.model
    def _get_parts(self):
        return Part("shelves", ("shelf",)), Part("stock", ("stock",), page=PAGE)

    @api.model
    def _get_wanted(self, channel, part, ids):
        products = self.env["product.product"]
        listed = [("fake_listed", "=", True)]
        if not part.page:
            shelves = products.search(listed).categ_id
            return {
                ("shelf", shelf.id): Wanted(shelf.name, {"name": shelf.name})
                for shelf in shelves
            }
        found = products.search_fetch(
            [*listed, ("id", "in", ids)], ["name", "categ_id", "fake_quantity"]
        )
        return {
            ("stock", product.id): Wanted(
                product.name,
                {
                    "shelf": product.categ_id.id,
                    "quantity": product.fake_quantity,
                    "code": product.default_code,
                },
            )
            for product in found
        }

    @api.model
    def _get_ids(self, channel, part, last):
        domain = [("fake_listed", "=", True), ("id", ">", last)]
        products = self.env["product.product"]
        return products.search(domain, order="id", limit=part.page).ids

    @api.model
    def _count_records(self, channel, part):
        return self.env["product.product"].search_count([("fake_listed", "=", True)])

    @api.model
    def _expand(self, channel, taken):
        concerned = {}
        if "product.category" in taken:
            concerned["shelves"] = None
        if "product.product" in taken:
            concerned["stock"] = taken["product.product"]
        return concerned

    @api.model
    def _spread(self, flow, taken):
        if "fake.all" in taken:
            products = self.env["product.product"]
            domain = products._search([("fake_listed", "=", True)])
            self.env["sale.channel.change.mark"]._spread(
                flow, products._name, products, [("id", "in", domain)]
            )
