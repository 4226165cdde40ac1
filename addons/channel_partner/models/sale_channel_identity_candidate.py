from odoo import api, fields, models

from odoo.addons.channel_base.tools.client import RELOAD


class SaleChannelIdentityCandidate(models.Model):
    """One of several customers who have the document of an identity."""

    _name = "sale.channel.identity.candidate"
    _description = "Possible Customer of a Fiscal Identity"
    _order = "id"
    _rec_name = "partner_id"

    identity_id = fields.Many2one(
        "sale.channel.identity", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="identity_id.company_id", store=True, precompute=True
    )
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, index=True, ondelete="cascade"
    )
    name = fields.Char(related="partner_id.name")
    legal_name = fields.Char(related="partner_id.legal_name")
    document_type = fields.Char(
        related="partner_id.l10n_latam_identification_type_id.name",
        string="Document Type",
    )
    vat = fields.Char(related="partner_id.vat")
    email = fields.Char(related="partner_id.email")
    address = fields.Char(compute="_compute_address")
    order_count = fields.Integer("Orders", compute="_compute_sales")
    last_order_date = fields.Datetime("Last Order", compute="_compute_sales")
    invoice_count = fields.Integer("Invoices", compute="_compute_sales")
    accounts = fields.Char("Channel Accounts", compute="_compute_accounts")

    _partner_uniq = models.Constraint(
        "UNIQUE (identity_id, partner_id)", "The customer is a candidate already."
    )

    @api.depends("partner_id.contact_address_inline")
    def _compute_address(self):
        for candidate in self:
            candidate.address = candidate.partner_id.contact_address_inline

    @api.depends("partner_id")
    @api.depends_context("allowed_company_ids")
    def _compute_sales(self):
        # Who has to choose needs to know how much a customer is used, not the
        # documents themselves.
        used = self.partner_id._get_channel_usage()
        for candidate in self:
            usage = used[candidate.partner_id]
            candidate.order_count = usage.orders
            candidate.last_order_date = usage.last_order
            candidate.invoice_count = usage.invoices

    @api.depends("partner_id")
    @api.depends_context("allowed_company_ids")
    def _compute_accounts(self):
        buyers = self.partner_id._get_channel_buyers()
        for candidate in self:
            customer = candidate.partner_id
            candidate.accounts = ", ".join(
                f"{buyer.channel_id.name}: {buyer.display_name}"
                for buyer in buyers
                if customer in buyer.partner_id | buyer.identity_ids.partner_id
            )

    def action_choose(self):
        """It is this customer."""
        self.ensure_one()
        self.identity_id._choose(self.partner_id)
        return RELOAD
