from odoo import fields, models

from ..lib.address import Place

ROLES = [("delivery", "Delivery"), ("contact", "Contact")]


class SaleChannelPartnerLink(models.Model):
    """Which address or contact of the customer stands for one of the channel.

    The key is what the channel sent, so that the binding survives whatever people
    correct on the contact itself.
    """

    _name = "sale.channel.partner.link"
    _inherit = "field.guard.mixin"
    _description = "Address or Contact of a Buyer"
    _order = "id"
    _rec_name = "partner_id"

    buyer_id = fields.Many2one(
        "sale.channel.partner",
        required=True,
        index=True,
        ondelete="cascade",
        guard="once",
    )
    company_id = fields.Many2one(
        related="buyer_id.company_id", store=True, precompute=True, guard="server"
    )
    # A buyer with several fiscal identities has the same address at each customer.
    customer_id = fields.Many2one(
        "res.partner",
        "Of Customer",
        required=True,
        index=True,
        ondelete="cascade",
        guard="once",
    )
    role = fields.Selection(ROLES, required=True, guard="once")
    key = fields.Char(
        required=True,
        help="What makes it the same again: line 1 and city, or the name, without "
        "case, accents and spaces.",
        guard="once",
    )
    variant = fields.Char(
        default="",
        required=True,
        help="What else the channel said of it: state, postal code, receiver. The same "
        "line 1 and city exist in several towns.",
    )
    # Cascade: who deletes an address forgets it; the next order may create it again.
    # Merging contacts moves the link along.
    partner_id = fields.Many2one(
        "res.partner",
        "Address or Contact",
        required=True,
        index=True,
        ondelete="cascade",
        guard="once",
    )
    remark = fields.Char(
        help="What the buyer added to the address, as it ends line 1. Invoices leave "
        "it out."
    )
    pickup = fields.Boolean(
        "Pickup Point", help="A branch of the carrier, not the buyer's own address."
    )
    written = fields.Json(
        help="What the channel wrote here the last time.", guard="server"
    )

    _key_uniq = models.Constraint(
        "UNIQUE (buyer_id, customer_id, role, key, variant)",
        "The buyer already has this address or contact.",
    )

    def _get_told_place(self):
        """Where the channel said that the address is; else, where people say it is."""
        self.ensure_one()
        told, now = self.written or {}, self.partner_id._get_channel_place()
        country = self.env["res.country"].browse(told.get("country_id") or [])
        return Place(
            country.code or now.country,
            told.get("state_id") or now.state,
            told.get("zip") or now.zip,
        )
