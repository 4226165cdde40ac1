from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..lib.urls import is_web_page


class SaleChannelPartner(models.Model):
    """A buyer: who a channel's user is among the customers."""

    _name = "sale.channel.partner"
    _inherit = ["sale.channel.binding.mixin", "sale.channel.operator.mixin"]
    _description = "Buyer of a Sales Channel"
    _order = "id desc"
    _rec_name = "nickname"
    _rec_names_search = ["nickname", "external_id"]

    # Restrict: deleting the customer would make the next order create them again.
    # Merging contacts moves the buyer along, nothing is restricted then.
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        index=True,
        ondelete="restrict",
        help="Customer of orders that name no other fiscal identity. Empty while a "
        "person has to choose among several.",
        guard="once",
    )
    nickname = fields.Char(help="The user's name on the channel; it can change.")
    profile_url = fields.Char("Profile", compute="_compute_profile_url")
    written = fields.Json(
        copy=False,
        help="What the channel wrote on the customer the last time.",
        guard="server",
    )
    link_ids = fields.One2many("sale.channel.partner.link", "buyer_id")
    identity_ids = fields.One2many(
        "sale.channel.identity", "buyer_id", "Fiscal Identities"
    )
    change_ids = fields.One2many("sale.channel.partner.change", "buyer_id", "History")
    customer_ids = fields.Many2many(
        "res.partner", string="Customers", compute="_compute_card"
    )
    account_ids = fields.Many2many(
        "sale.channel.partner",
        string="Other Accounts",
        compute="_compute_card",
        help="Accounts of the same customers, on all channels.",
    )
    needs_choice = fields.Boolean(
        compute="_compute_needs_choice", search="_search_needs_choice"
    )

    _external_uniq = models.Constraint(
        "UNIQUE (channel_id, external_id)",
        "The channel already has this buyer.",
    )

    @api.depends("nickname", "external_id")
    def _compute_display_name(self):
        for buyer in self:
            buyer.display_name = buyer.nickname or buyer.external_id

    @api.depends("channel_id", "external_id", "nickname")
    def _compute_profile_url(self):
        for buyer in self:
            channel = buyer.channel_id
            url = channel._get_provider()._get_buyer_profile_url(channel, buyer)
            buyer.profile_url = is_web_page(url) and url

    @api.depends("partner_id", "identity_ids.partner_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_card(self):
        for buyer in self:
            customers = buyer.partner_id | buyer.identity_ids.partner_id
            buyer.customer_ids = customers
            buyer.account_ids = (
                self.search(customers._get_account_domain()) - buyer._origin
                if customers
                else False
            )

    @api.depends("identity_ids.needs_choice")
    def _compute_needs_choice(self):
        for buyer in self:
            buyer.needs_choice = any(buyer.identity_ids.mapped("needs_choice"))

    def _search_needs_choice(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("identity_ids", "any", [("needs_choice", "in", value)])

    def _get_profile_link(self):
        """A link to the buyer's page, for people."""
        self.ensure_one()
        return Markup('<a href="%s" target="_blank" rel="noreferrer">%s: %s</a>') % (
            self.profile_url,
            self.channel_id.provider_name,
            self.display_name,
        )

    def action_view_profile(self):
        """Open the buyer's page on the channel in a new tab."""
        self.ensure_one()
        if not self.profile_url:
            raise UserError(self.env._("The channel has no page for this buyer."))
        return {"type": "ir.actions.act_url", "url": self.profile_url, "target": "new"}

    # People

    def _check_customer(self, partner):
        """:raises UserError: the partner cannot be a customer of this buyer"""
        self.ensure_one()
        partner.check_access("read")
        if not partner.active:
            raise UserError(
                self.env._("%(customer)s is archived.", customer=partner.display_name)
            )
        if partner.commercial_partner_id != partner:
            raise UserError(
                self.env._(
                    "%(contact)s is a contact of %(customer)s: choose the customer.",
                    contact=partner.display_name,
                    customer=partner.commercial_partner_id.display_name,
                )
            )
        company = self.company_id
        if partner.company_id and partner.company_id != company:
            raise UserError(
                self.env._(
                    "%(customer)s belongs to another company.",
                    customer=partner.display_name,
                )
            )

    def action_same_person(self):
        """Choose another customer for this buyer."""
        return self._open_move("join")

    def action_not_this_customer(self):
        """Give this buyer a customer of their own."""
        return self._open_move("split")

    def _open_move(self, kind):
        self.ensure_one()
        self._check_operator()
        labels = {
            "join": self.env._("Same Person As…"),
            "split": self.env._("Not This Customer"),
        }
        return {
            "type": "ir.actions.act_window",
            "name": labels[kind],
            "res_model": "sale.channel.partner.move",
            "view_mode": "form",
            "target": "new",
            "context": {"default_buyer_id": self.id, "default_kind": kind},
        }

    # History

    def _get_memory(self):
        """What undoing has to put back besides the customer."""
        self.ensure_one()
        return {"written": self.written}

    def _restore(self, partner, memory):
        """Put back a customer."""
        self.ensure_one()
        self.write({"partner_id": partner.id, "written": memory.get("written")})
