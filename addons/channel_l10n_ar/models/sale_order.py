from odoo import fields, models


class SaleOrder(models.Model):
    """With ``sudo``: what is known of a customer decides, whoever sells."""

    _inherit = "sale.order"

    def _get_invoicing_obstacle(self):
        """Also: fiscal data that are not settled, old, or missing."""
        obstacle = super()._get_invoicing_obstacle()
        if self.company_id.account_fiscal_country_id.code != "AR":
            return obstacle
        # Which data are missing says more than that something is.
        if obstacle and obstacle[0] != "order_incomplete":
            return obstacle
        return self._get_fiscal_obstacle() or obstacle

    def _get_fiscal_obstacle(self):
        """Why the invoice's letter could be wrong, or the invoice not allowed.

        :return: code and parameters, or None
        """
        company = self.company_id
        partner = self.partner_invoice_id.commercial_partner_id
        if company.l10n_ar_padron_hold_invoices:
            params = {"customer": partner.display_name}
            if any(self.sudo().channel_order_ids.identity_id.mapped("pending")):
                return "billing_pending", params
            if partner.l10n_ar_fiscal_pending:
                return "fiscal_pending", params
            confirmed = partner.l10n_ar_padron_confirmed_id
            if not confirmed and partner._l10n_ar_is_stale(company):
                partner.sudo()._l10n_ar_ask_again()
                return "fiscal_old", params
        amount = self.currency_id._convert(
            self.amount_total,
            company.currency_id,
            company,
            fields.Date.context_today(self),
        )
        threshold = partner._l10n_ar_get_missing_identification(amount, company)
        if threshold:
            return "identification_needed", {
                "customer": partner.display_name,
                "amount": f"{threshold:,.0f}",
            }
        return None

    def _l10n_ar_update_position(self):
        """Find the fiscal position anew; taxes and drafts follow it.

        Neither the position of a locked order changes, nor one that a person chose.
        """
        self.ensure_one()
        before = self.fiscal_position_id
        taxes = {line: line.tax_ids for line in self.order_line}
        if not self.locked and not self._l10n_ar_is_position_chosen():
            self.env.add_to_compute(self._fields["fiscal_position_id"], self)
        if self.fiscal_position_id != before:
            self._recompute_taxes()
        self.invoice_ids._l10n_ar_follow_order(self, before, taxes)

    def _l10n_ar_is_position_chosen(self):
        """Whether the fiscal position is one that nothing gives by itself."""
        position = self.fiscal_position_id
        table = self.env["l10n_ar.padron.position"].sudo()
        return bool(position) and not (
            position.auto_apply
            or table.search_count([("fiscal_position_id", "=", position.id)], limit=1)
        )
