from odoo import api, models
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

ERRORS = {
    "site_mismatch": _lt(
        "The account is of site %(site)s, the channel of %(expected)s."
    ),
    "site_unknown": _lt("MercadoLibre site %(value)s is not supported."),
    "no_offline_access": _lt(
        "The application lacks the permission to work offline: enable "
        "“offline access” on MercadoLibre's developers' site."
    ),
}


class SaleChannelText(models.AbstractModel):
    _inherit = "sale.channel.text"

    @api.model
    def _get_errors(self):
        return {**super()._get_errors(), **ERRORS}
