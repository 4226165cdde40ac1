from datetime import timedelta

from odoo import fields, models
from odoo.fields import Domain

from odoo.addons.l10n_ar_padron.models.partner_registry_arca import NUMBER_FIELDS


class ResPartner(models.Model):
    """With ``sudo``: who changes a customer need not see their identities and what a
    registry said."""

    _inherit = "res.partner"

    l10n_ar_responsibility_origin = fields.Selection(
        selection_add=[("channel", "The sales channel")]
    )

    def write(self, vals):
        """A channel's customer who gains a CUIT is looked up; invoices that wait for a
        document go on."""
        without, nobody = self.browse(), self.browse()
        if NUMBER_FIELDS & vals.keys():
            without = self.filtered(lambda partner: not partner.l10n_ar_padron_state)
            without = without.filtered(lambda partner: not partner._l10n_ar_get_cuit())
            nobody = self.filtered(
                lambda partner: (
                    not partner.vat and partner.commercial_partner_id == partner
                )
            )
        result = super().write(vals)
        gained = without.filtered(lambda partner: partner._l10n_ar_get_cuit()).sudo()
        gained.filtered(
            lambda partner: partner.identity_ids or partner.buyer_ids
        )._l10n_ar_padron_expect()
        nobody.filtered("vat")._l10n_ar_wake_invoicing()
        return result

    # What follows from fiscal data that are settled late

    def _l10n_ar_on_fiscal_settled(self):
        result = super()._l10n_ar_on_fiscal_settled()
        self._l10n_ar_update_documents()
        self._l10n_ar_wake_invoicing()
        return result

    def _l10n_ar_on_responsibility_changed(self):
        result = super()._l10n_ar_on_responsibility_changed()
        self._l10n_ar_update_documents()
        return result

    def _l10n_ar_get_channel_orders(self, domain):
        """Orders (sudo) of channels of Argentine companies, sold or billed to these
        customers."""
        if not self:
            return self.env["sale.order"]
        return (
            self.env["sale.order"]
            .sudo()
            .search(
                (
                    Domain("partner_id", "child_of", self.ids)
                    | Domain("partner_invoice_id", "child_of", self.ids)
                )
                & Domain("sale_channel_id", "!=", False)
                & Domain("company_id.account_fiscal_country_id.code", "=", "AR")
                & domain
            )
        )

    def _l10n_ar_update_documents(self):
        """Give orders of channels, and their drafts, the fiscal position, taxes and
        letter that follow from the responsibility now.

        Odoo finds a fiscal position once, when the customer is chosen. As soon as an
        invoice is posted the order keeps its position; the letter of what is still to
        be posted follows all the same.
        """
        orders = self._l10n_ar_get_channel_orders(Domain("state", "!=", "cancel"))
        for order in orders:
            if "posted" in order.invoice_ids.mapped("state"):
                order.invoice_ids._l10n_ar_follow_letter()
            else:
                order.with_company(order.company_id)._l10n_ar_update_position()

    def _l10n_ar_get_held_amount(self, company):
        """Also: orders of channels that are not invoiced yet."""
        orders = self._l10n_ar_get_channel_orders(
            Domain("company_id", "=", company.id)
            & Domain("state", "=", "sale")
            & Domain("invoice_status", "=", "to invoice")
        ).filtered(lambda order: not order.invoice_ids)
        today = fields.Date.context_today(self)
        return super()._l10n_ar_get_held_amount(company) + sum(
            order.currency_id._convert(
                order.amount_total, company.currency_id, company, today
            )
            for order in orders
        )

    def _l10n_ar_wake_invoicing(self):
        orders = self._l10n_ar_get_channel_orders(
            Domain(
                "channel_invoicing_ids.sync_state", "in", ("pending", "waiting", "held")
            )
        )
        self.env["sale.channel.order.invoicing"]._wake(orders)

    def _l10n_ar_is_stale(self, company):
        """Whether what ARCA said is older than the company wants to rely on.

        Without a certificate nobody asks, and nothing waits.
        """
        self.ensure_one()
        days = company.l10n_ar_padron_refresh_days
        checked = self.l10n_ar_padron_checked_at
        return bool(
            days
            and company.sudo().l10n_ar_arca_certificate_id
            and self.l10n_ar_padron_state
            and self._l10n_ar_get_cuit()
            and (not checked or checked < fields.Datetime.now() - timedelta(days=days))
        )

    def _l10n_ar_ask_again(self):
        """Have a customer looked up soon, unless they wait for it already.

        After a failure it is put off, however often somebody looks.
        """
        self.ensure_one()
        due = self.l10n_ar_padron_due_at
        waits = due and due <= fields.Datetime.now()
        if not waits and not self.l10n_ar_padron_failures:
            self._l10n_ar_padron_request()

    def _l10n_ar_get_missing_identification(self, amount, company, date=None):
        """The amount from which on this customer has to be identified and is not.

        Source: RG (AFIP) 1415, annex II, as changed by RG (ARCA) 5700/2025.

        :param amount: of the invoice, in the company's currency
        :param date: of the invoice; today when empty
        :return: the threshold in ARS, or 0
        """
        self.ensure_one()
        if self.vat or company.currency_id.name != "ARS":
            return 0
        day = date or fields.Date.context_today(self)
        threshold = self.env["l10n_ar.identification.threshold"]._get_amount(day)
        reached = company.currency_id.compare_amounts(amount, threshold) >= 0
        return threshold if threshold and reached else 0
