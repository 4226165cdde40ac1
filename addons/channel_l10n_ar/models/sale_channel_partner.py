from odoo import api, models

from ..tools.fiscal import Fiscal


class SaleChannelPartner(models.Model):
    _inherit = "sale.channel.partner"

    @api.model
    def _get_fiscal(self, resolver):
        """The import's :class:`Fiscal`; None for a company elsewhere."""
        if not hasattr(resolver, "fiscal"):
            company = resolver.channel.company_id or self.env.company
            is_argentine = company.account_fiscal_country_id.code == "AR"
            resolver.fiscal = Fiscal(resolver.channel) if is_argentine else None
        return resolver.fiscal

    @api.model
    def _prepare_customer(self, resolver, item):
        fiscal = self._get_fiscal(resolver)
        vals = super()._prepare_customer(resolver, item)
        return {**vals, **fiscal.prepare_new(item)} if fiscal else vals

    def _create_own_customer(self, identity):
        """Also have the customer looked up, although no order brings them."""
        partner = super()._create_own_customer(identity)
        company = self.company_id or self.env.company
        if company.account_fiscal_country_id.code == "AR":
            partner.with_company(company).filtered(
                lambda customer: customer._l10n_ar_get_cuit()
            )._l10n_ar_padron_expect()
        return partner

    @api.model
    def _upsert_round(self, resolver, items):
        """Also settle the fiscal data, so that the order finds them."""
        result = super()._upsert_round(resolver, items)
        if fiscal := self._get_fiscal(resolver):
            fiscal.load(items)
            # A contact of a company has the company's fiscal data.
            fiscal.settle(
                [
                    (item, item.partner)
                    for item in items
                    if item.partner
                    and item.partner.commercial_partner_id == item.partner
                    and fiscal.is_argentine(item)
                ]
            )
        return result
