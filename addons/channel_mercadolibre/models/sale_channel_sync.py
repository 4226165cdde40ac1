from odoo import api, models


class SaleChannelSyncMixin(models.AbstractModel):
    _inherit = "sale.channel.sync.mixin"

    @api.model
    def _get_error_reasons(self):
        return {
            **super()._get_error_reasons(),
            "site_mismatch": self.env._(
                "The account is of site %(site)s, the channel of %(expected)s."
            ),
            "site_unknown": self.env._("MercadoLibre site %(value)s is not supported."),
            "no_offline_access": self.env._(
                "The application lacks the permission to work offline: enable "
                "“offline access” on MercadoLibre's developers' site."
            ),
        }
