from odoo import api, models


class SaleChannelListingPlace(models.AbstractModel):
    _inherit = "sale.channel.listing.place"

    @api.model
    def _leave(self, listings):
        result = super()._leave(listings)
        listings.mercadolibre_closing = False
        return result
