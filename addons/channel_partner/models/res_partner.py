from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

CONTACT_STATUSES = [("passive", "Passive"), ("open", "Open"), ("replied", "Replied")]


class ResPartner(models.Model):
    _inherit = "res.partner"

    alternative_phone = fields.Char(
        help="A second number at which the contact is reached."
    )
    contact_status = fields.Selection(
        CONTACT_STATUSES,
        copy=False,
        help="How far the conversation with the contact has come. Contacts that a "
        "sales channel creates begin as passive.",
    )
    # Odoo has no field of its own for the territory of a customer.
    team_id = fields.Many2one(
        "crm.team",
        "Sales Team",
        index="btree_not_null",
        help="Territory of the customer.",
    )
    buyer_ids = fields.One2many(
        "sale.channel.partner",
        "partner_id",
        "Channel Accounts",
        groups="channel_base.group_channel_user",
    )
    channel_buyer_count = fields.Integer(
        "Number of Channel Accounts",
        compute="_compute_channel_buyer_count",
        groups="channel_base.group_channel_user",
    )
    channel_profile_url = fields.Char(
        "Page on the Channel", compute="_compute_channel_profile_url"
    )

    @api.depends("buyer_ids")
    def _compute_channel_buyer_count(self):
        counts = dict(
            self.env["sale.channel.partner"]._read_group(
                [("partner_id", "in", self.ids)], ["partner_id"], ["__count"]
            )
        )
        for partner in self:
            partner.channel_buyer_count = counts.get(partner._origin, 0)

    @api.depends_context("allowed_company_ids")
    def _compute_channel_profile_url(self):
        # Who may read the customer may see their public page, and nothing else of
        # the account.
        urls = {}
        for buyer in self._get_channel_buyers().sorted("id"):
            if buyer.profile_url:
                urls.setdefault(buyer.partner_id.id, buyer.profile_url)
        for partner in self:
            partner.channel_profile_url = urls.get(partner._origin.id)

    def _get_channel_buyers(self):
        """Accounts (sudo) of these customers on channels of the user's companies."""
        companies = [*self.env.companies.ids, False]
        return (
            self.env["sale.channel.partner"]
            .sudo()
            .search(
                Domain("partner_id", "in", self.ids)
                & Domain("company_id", "in", companies)
            )
        )

    def _is_channel_pickup(self):
        """Whether Odoo's own delivery methods know this address as a pickup point."""
        self.ensure_one()
        return "is_pickup_location" in self._fields and self.is_pickup_location

    @api.onchange("alternative_phone", "country_id", "company_id")
    def _onchange_alternative_phone(self):
        if self.alternative_phone:
            self.alternative_phone = (
                self._phone_format(
                    fname="alternative_phone", force_format="INTERNATIONAL"
                )
                or self.alternative_phone
            )

    def _phone_get_number_fields(self):
        """Search the alternative number too when people look for a phone."""
        return [*super()._phone_get_number_fields(), "alternative_phone"]

    def action_view_buyer_profile(self):
        """Open the customer's page on the channel in a new tab."""
        self.ensure_one()
        self.check_access("read")
        if not self.channel_profile_url:
            raise UserError(self.env._("The channel has no page for this customer."))
        return {
            "type": "ir.actions.act_url",
            "url": self.channel_profile_url,
            "target": "new",
        }

    def action_view_buyers(self):
        """Open the customer's accounts on the channels."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_partner.sale_channel_partner_action"
        )
        action["domain"] = [("partner_id", "=", self.id)]
        action["context"] = {"default_partner_id": self.id}
        return action
