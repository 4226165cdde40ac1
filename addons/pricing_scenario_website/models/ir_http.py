from odoo import models
from odoo.http import request

from ..tools.offers import Offers


class IrHttp(models.AbstractModel):
    """With ``sudo``: a customer may not read companies."""

    _inherit = "ir.http"

    @classmethod
    def _frontend_pre_dispatch(cls):
        result = super()._frontend_pre_dispatch()
        if request.httprequest.path.startswith("/my"):
            cls._admit_branches()
        request.pricing_offers = Offers(request.website)
        return result

    @classmethod
    def _admit_branches(cls):
        """Let customers see what branches sold them, beside the website's company."""
        website, user = request.website, request.env.user
        if not website.pricing_shop or user._is_public():
            return
        companies = user.sudo().company_ids
        branches = companies.filtered(lambda c: website.company_id in c.parent_ids)
        allowed = dict.fromkeys(request.env.context["allowed_company_ids"])
        allowed |= dict.fromkeys(branches.ids)
        request.update_context(allowed_company_ids=list(allowed))
        request.website = website.with_env(request.env)
