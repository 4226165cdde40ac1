from odoo import api, models

from odoo.addons.l10n_ar_padron.models.l10n_ar_afip_responsibility_type import (
    RESPONSIBILITY,
)


class SaleChannelCustomerWriter(models.AbstractModel):
    _inherit = "sale.channel.customer.writer"

    @api.model
    def _prepare_customer(self, batch, item):
        """Also the responsibility, as long as ARCA's answer is not applied."""
        vals = super()._prepare_customer(batch, item)
        lookup = self.env["sale.channel.partner.lookup"]
        if lookup._l10n_ar_applies(batch, item):
            responsibility = lookup._l10n_ar_get_responsibility(batch, item)
            vals[RESPONSIBILITY] = responsibility.id
            vals["l10n_ar_responsibility_origin"] = bool(responsibility) and "channel"
        return vals
