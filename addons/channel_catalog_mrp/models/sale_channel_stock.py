from odoo import api, models


class SaleChannelStock(models.AbstractModel):
    """With ``sudo``: the outcome is the same whoever asks, whatever they may see of its
    parts."""

    _inherit = "sale.channel.stock"

    @api.model
    def _explode(self, sold):
        """Kits leave the warehouse as their components."""
        sold = super()._explode(sold)
        products = self.env["product.product"].union(
            *(product for parts in sold.values() for product, _units in parts)
        )
        kits = self.env["mrp.bom"].sudo()._take_kits_apart(products)
        if not kits:
            return sold
        return {
            key: [
                (component, units * count)
                for product, units in parts
                for component, count in kits.get(product, {product: 1.0}).items()
            ]
            for key, parts in sold.items()
        }

    @api.model
    def _get_containing(self, products):
        """With the kits that they are in, and the kits those are in."""
        found = new = super()._get_containing(products)
        lines = self.env["mrp.bom.line"].sudo()
        while new:
            boms = lines.search(
                [("product_id", "in", new.ids), ("bom_id.type", "=", "phantom")]
            ).bom_id
            every = boms.filtered(lambda bom: not bom.product_id).product_tmpl_id
            new = (boms.product_id | every.product_variant_ids) - found
            found |= new
        return found
