from odoo import api, models

from ..lib.item import CLOSED, split_status
from ..lib.item_status import CLOSED_HERE


class SaleChannelListingReport(models.AbstractModel):
    _inherit = "sale.channel.listing.report"

    @api.model
    def _get_status(self, listing):
        status = super()._get_status(listing)
        name = split_status(listing.channel_status or "")[0]
        closed_here = listing.mercadolibre_closing and name == CLOSED
        return CLOSED_HERE if closed_here else status
