from odoo import api, models
from odoo.fields import Domain

from odoo.addons.channel_catalog.models import (
    sale_channel_listing_content_planner as base,
)
from odoo.addons.channel_catalog.models.sale_channel_mapping import CATEGORY_KIND

CATEGORY = "mercadolibre.category"


class SaleChannelListingContentPlanner(models.AbstractModel):
    """With ``sudo``: the plan is the same whoever made the change."""

    _inherit = "sale.channel.listing.content.planner"

    _outgoing_scopes = base.SaleChannelListingContentPlanner._outgoing_scopes | {
        CATEGORY
    }

    @api.model
    def _spread(self, flow, taken):
        """Mark the listings of categories that ask for something else now."""
        result = super()._spread(flow, taken)
        categories = self.env[CATEGORY].sudo()
        categories = categories.search([("id", "in", list(taken.get(CATEGORY, ())))])
        if not categories or not flow.channel_id.mercadolibre_site:
            return result
        rows = self.env["sale.channel.mapping"].sudo()
        rows = rows.search(
            [
                ("channel_id", "=", flow.channel_id.id),
                ("kind_id.code", "=", CATEGORY_KIND),
                ("external_value", "in", categories.mapped("code")),
                ("is_mapped", "=", True),
            ]
        )
        domain = Domain("mercadolibre_category_id", "in", categories.ids)
        domain |= Domain(
            "product_id.categ_id", "child_of", rows.mapped("res_id")
        ) & Domain("mercadolibre_category_id", "=", False)
        listings = self.env["sale.channel.listing"]
        self.env["sale.channel.change.mark"]._spread(
            flow,
            listings._name,
            listings,
            Domain("channel_id", "=", flow.channel_id.id) & domain,
        )
        return result
