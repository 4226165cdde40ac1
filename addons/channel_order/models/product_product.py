from odoo import api, models

# What an order's line finds its product by
FOUND_BY = {"default_code", "barcode", "active"}


class ProductProduct(models.Model):
    _inherit = "product.product"

    @api.model_create_multi
    def create(self, vals_list):
        products = super().create(vals_list)
        products._release_channel_orders()
        return products

    def write(self, vals):
        if not FOUND_BY & vals.keys():
            return super().write(vals)
        # Another product may be the only one that has the old code now.
        before = self._get_channel_keys()
        result = super().write(vals)
        self._release_channel_orders(before)
        return result

    def unlink(self):
        before = self._get_channel_keys()
        result = super().unlink()
        self.env["sale.channel.order.releaser"]._release_products(self.browse(), before)
        return result

    def _get_channel_keys(self):
        """What the channels' SKUs are compared with."""
        return {*self.mapped("default_code"), *self.mapped("barcode")} - {False}

    def _release_channel_orders(self, before=()):
        """Retry the orders that waited for these products: one indexed search."""
        self.env["sale.channel.order.releaser"]._release_products(self, before)
