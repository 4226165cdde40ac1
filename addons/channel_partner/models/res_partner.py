from typing import NamedTuple

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..lib.address import Place, without_remark
from ..lib.identity import written_key

CONTACT_STATUSES = [("passive", "Passive"), ("open", "Open"), ("replied", "Replied")]


class Usage(NamedTuple):
    """How much a customer is used in the companies at work."""

    orders: int
    last_order: object
    invoices: int


class ResPartner(models.Model):
    """With ``sudo``: sales, accounts and remarks count for whoever may read the
    customer."""

    _name = "res.partner"
    _inherit = ["res.partner", "field.guard.mixin"]

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
    legal_name = fields.Char(
        help="Name in which the customer is invoiced, when it is not the one by which "
        "people know them. Invoices print it.",
    )
    document_key = fields.Char(
        compute="_compute_document_key",
        store=True,
        precompute=True,
        index="btree_not_null",
        help="The identification number as it is compared.",
        guard="server",
    )
    buyer_ids = fields.One2many(
        "sale.channel.partner",
        "partner_id",
        "Channel Accounts",
        groups="channel_base.group_channel_user",
    )
    identity_ids = fields.One2many(
        "sale.channel.identity",
        "partner_id",
        "Fiscal Identities",
        groups="channel_base.group_channel_user",
    )
    channel_buyer_count = fields.Integer(
        "Number of Channel Accounts",
        compute="_compute_channel_buyer_count",
        groups="channel_base.group_channel_user",
    )
    channel_profile_url = fields.Char(
        "Page on the Channel", compute="_compute_channel_profiles"
    )
    channel_profile_provider = fields.Char(
        "Channel of the Page", compute="_compute_channel_profiles"
    )
    channel_profile_links = fields.Html(
        "Pages on the Channels",
        compute="_compute_channel_profiles",
        sanitize=False,
        help="Filled in when the customer has several.",
    )

    @api.depends("vat")
    def _compute_document_key(self):
        for partner in self:
            partner.document_key = written_key(partner.vat) or False

    def _inverse_vat(self):
        """Check and clean numbers, but not those that are their customer's own.

        With ``vat_checked`` in the context: contacts get the number of a customer whose
        number was checked in the same transaction.
        """
        copied = self.browse()
        if self.env.context.get("vat_checked"):
            copied = self.filtered(
                lambda partner: (
                    partner != partner.commercial_partner_id
                    and partner.vat == partner.commercial_partner_id.vat
                )
            )
        result = super(ResPartner, self - copied)._inverse_vat()
        # Odoo cleans numbers here, when what depends on them has been computed.
        self._recompute_stale_keys()
        return result

    def _recompute_stale_keys(self):
        """Have the search keys computed that do not fit their numbers, and no other."""
        stale = self.filtered(
            lambda partner: partner.document_key != (written_key(partner.vat) or False)
        )
        self.env.add_to_compute(self._fields["document_key"], stale)

    @api.model
    def _repair_document_keys(self, batch=10_000):
        """Compute the search keys that do not fit their numbers; write no other."""
        partners = self.with_context(active_test=False)
        last = 0
        while True:
            rows = partners.search_fetch(
                [("id", ">", last), ("vat", "!=", False)],
                ["vat", "document_key"],
                order="id",
                limit=batch,
            )
            if not rows:
                break
            last = rows[-1].id
            rows._recompute_stale_keys()
            self.env.flush_all()
            self.env.invalidate_all()

    @api.depends_context("without_remarks")
    def _compute_display_name(self):
        return super()._compute_display_name()

    def _prepare_display_address(self, without_company=False):
        """With ``without_remarks`` in the context, without a buyer's words to couriers.

        They end the first line of delivery addresses, which some documents print that
        are no courier's business.
        """
        layout, values = super()._prepare_display_address(without_company)
        if self.env.context.get("without_remarks"):
            links = self.env["sale.channel.partner.link"].sudo()
            links = links.search(
                [("partner_id", "=", self.id), ("remark", "!=", False)]
            )
            for name in {"street", "street_number2"} & values.keys():
                for remark in links.mapped("remark"):
                    values[name] = without_remark(values[name] or "", remark)
        return layout, values

    @api.depends("buyer_ids", "identity_ids.buyer_id")
    def _compute_channel_buyer_count(self):
        for partner in self:
            accounts = partner.buyer_ids | partner.identity_ids.buyer_id
            partner.channel_buyer_count = len(accounts)

    @api.depends_context("allowed_company_ids", "lang")
    def _compute_channel_profiles(self):
        # Who may read the customer may see their public pages, and nothing else of
        # the accounts.
        pages = {}
        for buyer in self._get_channel_buyers().sorted("id"):
            if buyer.profile_url:
                for customer in buyer.partner_id | buyer.identity_ids.partner_id:
                    pages.setdefault(customer.id, []).append(buyer)
        for partner in self:
            buyers = pages.get(partner._origin.id, [])
            first = buyers[0] if buyers else self.env["sale.channel.partner"].sudo()
            partner.channel_profile_url = first.profile_url
            partner.channel_profile_provider = first.channel_id.provider_name
            partner.channel_profile_links = len(buyers) > 1 and Markup("<br/>").join(
                buyer._get_profile_link() for buyer in buyers
            )

    def _get_account_domain(self):
        """Domain of the buyers who are one of these customers, by any identity."""
        return Domain("partner_id", "in", self.ids) | Domain(
            "identity_ids.partner_id", "in", self.ids
        )

    def _get_channel_buyers(self):
        """Accounts (sudo) of these customers on channels of the user's companies."""
        companies = [*self.env.companies.ids, False]
        return (
            self.env["sale.channel.partner"]
            .sudo()
            .search(self._get_account_domain() & Domain("company_id", "in", companies))
        )

    def _get_channel_usage(self, everywhere=False):
        """How much these customers are used.

        Numbers only, whatever documents the user may open.

        :param everywhere: in all companies, not only in the user's
        :return: dict customer → :class:`Usage`
        """
        companies = Domain("company_id", "in", self.env.companies.ids)
        if everywhere:
            companies = Domain.TRUE
        orders, last, invoices = {}, {}, {}
        sales = self.env["sale.order"].sudo()
        for partner, count, date in sales._read_group(
            Domain("partner_id", "child_of", self.ids)
            & Domain("state", "!=", "cancel")
            & companies,
            ["partner_id"],
            ["__count", "date_order:max"],
        ):
            customer = partner.commercial_partner_id.id
            orders[customer] = orders.get(customer, 0) + count
            last[customer] = max(date, last.get(customer, date))
        moves = self.env["account.move"].sudo()
        for customer, count in moves._read_group(
            Domain("commercial_partner_id", "in", self.ids)
            & Domain("move_type", "in", moves.get_sale_types(include_receipts=True))
            & Domain("state", "=", "posted")
            & companies,
            ["commercial_partner_id"],
            ["__count"],
        ):
            invoices[customer.id] = count
        return {
            partner: Usage(
                orders.get(partner.id, 0),
                last.get(partner.id, False),
                invoices.get(partner.id, 0),
            )
            for partner in self
        }

    def _get_awaiting(self, orders):
        """Those of these contacts to whom something is still to be sent.

        Quotations count. Addons that know deliveries add them.

        :param orders: ``sale.order`` records that do not count
        """
        found = self.env["sale.order"].sudo()
        found = found.search(
            [
                ("partner_shipping_id", "in", self.ids),
                ("state", "in", ("draft", "sent")),
                ("id", "not in", orders.ids),
            ]
        )
        return found.partner_shipping_id.with_env(self.env)

    def _is_channel_pickup(self):
        """Whether Odoo's own delivery methods know this address as a pickup point."""
        self.ensure_one()
        return "is_pickup_location" in self._fields and self.is_pickup_location

    def _get_channel_place(self):
        """Where the contact is, as the places that channels tell are compared."""
        self.ensure_one()
        return Place(self.country_id.code or "", self.state_id.id or "", self.zip or "")

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
        action["domain"] = list(self._get_account_domain())
        action["context"] = {"default_partner_id": self.id}
        return action
