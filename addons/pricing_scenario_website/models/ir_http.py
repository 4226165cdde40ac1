from odoo import models
from odoo.http import request
from odoo.tools import lazy


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _frontend_pre_dispatch(cls):
        result = super()._frontend_pre_dispatch()
        # Contracts by origin, looked up when a page needs them, once per request
        request.pricing_offers = lazy(request.website._get_pricing_offers)
        return result
