"""A shop that sold before Odoo came."""

from .common import CatalogCase

EAN = "7791234567898"
UPC = "036000291452"


class ListCase(CatalogCase):
    """The shop had listings before Odoo came, and Odoo has not read them."""

    def row(self, external_id):
        rows = self.env["sale.channel.remote.listing"]
        return rows.search(
            [
                ("channel_id", "=", self.channel.id),
                ("external_id", "=", external_id),
            ]
        )

    def states(self):
        rows = self.env["sale.channel.remote.listing"].search(
            [("channel_id", "=", self.channel.id)], order="id"
        )
        return rows.mapped("state")

    def add(self, **content):
        """A listing that the shop had; its row, once read."""
        return self.shop.add(**{"title": "Algo", "visibility": "visible", **content})

    def holds(self, *products):
        matcher = self.env["sale.channel.remote.matcher"]
        products = self.env["product.product"].concat(*products)
        found = matcher._get_holds(self.channel, products)
        return [found.get(product, (None,))[0] for product in products]
