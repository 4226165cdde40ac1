import json

from odoo import models

from ..lib.remote import get_places


class SaleChannelOrderLine(models.Model):
    """What was bought and Odoo does not count is offered to nobody."""

    _name = "sale.channel.order.line"
    _inherit = ["sale.channel.order.line", "sale.channel.change.mixin"]

    def _get_changes(self):
        return {("product.pledged", line._get_bought_text()) for line in self}

    def _get_bought_text(self):
        """What the line names, for when it is gone."""
        self.ensure_one()
        names = [self.product_key, self.item_id or "", self.variation_id or ""]
        return json.dumps([self.order_id.channel_id.id, *names])

    def action_link_product(self):
        """Choose what the listing is that the line names, if it is among those that the
        channel sells and nobody has decided about it."""
        self.ensure_one()
        self.order_id._check_operator()
        row = self._find_remote()
        return row.action_link() if row else super().action_link_product()

    def _find_remote(self):
        """The listing that the line names, as it was read from the channel."""
        places = get_places(self.item_id or "", self.variation_id or "")
        rows = self.env["sale.channel.remote.listing"].search(
            [
                ("channel_id", "=", self.order_id.channel_id.id),
                ("external_id", "in", places),
                ("listing_id", "=", False),
                ("gone_at", "=", False),
            ]
        )
        return rows.sorted(lambda row: places.index(row.external_id))[:1]
