from collections import Counter

from markupsafe import Markup
from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.fields import Domain
from odoo.tools import mute_logger

from odoo.addons.channel_base.lib.text import without_emoji

from ..lib import documents
from ..lib.address import named, visible
from ..lib.identity import number_key
from ..lib.schema import FISCAL_FACTS, Buyer
from ..lib.urls import is_web_page
from ..tools.items import BuyerResult, Item
from ..tools.resolver import Resolver


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

    # Import

    @api.model
    def _upsert(self, channel, updates):
        """Create or update the customers of a channel's buyers.

        Buyer data never makes it fail: what cannot be used is left out and noted.

        :param channel: the ``sale.channel`` that the buyers belong to
        :param updates: list of ``(Buyer, Address or None)``, with the ``sale.order``
            records that the update is about when there are any: what these are sent
            to may change in place, what any other order still has to send may not.
            The same buyer may come several times, later ones count as later orders
        :return: list of :class:`BuyerResult`, in the order of ``updates``
        :raises ConcurrencyError: another transaction created one of the buyers (or its
            address) since this one began. Nothing is lost: roll back and do it again,
            it is visible then. The transaction is usable if the caller goes on.
        """
        company = channel.company_id or self.env.company
        service = self.sudo().with_company(company)
        resolver = Resolver(channel.with_env(service.env))
        items = [service._prepare_item(*update) for update in updates]
        for round_ in service._split_rounds(items):
            service._upsert_round(resolver, round_)
        return [self._make_result(item) for item in items]

    @api.model
    def _prepare_item(self, data, address, orders=None):
        told = data.identity
        return Item(
            data=data,
            address=address,
            external_id=visible(data.external_id),
            nickname=named(data.nickname, 128),
            name=without_emoji(named(data.name, 128)),
            orders=orders,
            legal_name=without_emoji(named(told.name)) if told else "",
            billing_id=visible(told.external_id, 64) if told else "",
            facts={name: visible(getattr(told, name)) for name in FISCAL_FACTS if told},
        )

    @api.model
    def _split_rounds(self, items):
        """Rounds in which every buyer and every document comes once.

        The updates of a buyer keep their order; who is made in one round is found by
        their document in the next.
        """
        seen, rounds = Counter(), []
        for item in items:
            if not item.external_id:
                item.note("buyer_without_id")
                continue
            told = item.data.identity
            number = told and number_key(visible(told.document_number, 40))
            if number and documents.is_placeholder(number):
                number = ""
            marks = [("buyer", item.external_id), ("number", number or id(item))]
            turn = max(seen[mark] for mark in marks)
            for mark in marks:
                seen[mark] = turn + 1
            if turn == len(rounds):
                rounds.append([])
            rounds[turn].append(item)
        return rounds

    @api.model
    def _upsert_round(self, resolver, items):
        Identity = self.env["sale.channel.identity"]
        self._find_buyers(resolver, items)
        for item in items:
            self._check_document(resolver, item)
        Identity._load(items)
        Identity._find_customers(resolver, items)
        known = [(item, item.buyer, item.identity) for item in items]
        self._create_missing(resolver, items)
        for item, buyer, identity in known:
            if buyer:
                item.buyer._update_account(resolver, item)
            if identity:
                identity._update_identity(resolver, item)
            if item.identity and item.partner and not item.is_new:
                item.identity._update_customer(resolver, item)
        self.env["sale.channel.partner.link"]._attach(
            resolver, [item for item in items if item.partner]
        )

    @api.model
    def _make_result(self, item):
        """The result in the caller's environment."""
        Partner, env = self.env["res.partner"], self.env
        Identity = self.env["sale.channel.identity"]
        partner = (item.partner or Partner).with_env(env)
        return BuyerResult(
            buyer=(item.buyer or self.browse()).with_env(env),
            identity=(item.identity or Identity).with_env(env),
            partner=partner,
            delivery=(item.delivery or partner).with_env(env),
            contact=(item.contact or Partner).with_env(env),
            notes=item.notes,
            problem="customer_ambiguous" if item.candidates else "",
        )

    @api.model
    def _check_document(self, resolver, item):
        """Check the document and find the country."""
        identity, address = item.data.identity, item.address
        billed = identity.address.country_code if identity and identity.address else ""
        shipped = address.country_code if address else ""
        lives = item.partner.country_id.code if item.partner else ""
        country = resolver.country(billed, shipped, lives)
        if identity:
            kind, number = identity.document_type, identity.document_number
            checked, type_, known = resolver.document(
                visible(kind, 40),
                number,
                country.code or "",
            )
            item.document, item.document_type = checked, type_
            if documents.is_nobody(kind, number):
                item.note("invoice_not_requested", number=number)
            elif checked is None and visible(number, 40):
                item.note("document_placeholder", type=visible(kind, 40), number=number)
            elif checked and checked.problem:
                item.document_problem = checked.problem
                item.note("document_invalid", type=checked.kind, number=checked.number)
            elif checked:
                # Who has a valid document of a country is a taxpayer of that country.
                country = resolver.country(checked.country, billed, shipped, lives)
                if not known:
                    item.note("document_type_unmapped", value=checked.kind)
        item.country = country

    @api.model
    def _find_buyers(self, resolver, items):
        found = self.search(
            [
                ("channel_id", "=", resolver.channel.id),
                ("external_id", "in", [item.external_id for item in items]),
            ]
        )
        by_id = {buyer.external_id: buyer for buyer in found}
        for item in items:
            item.buyer = by_id.get(item.external_id)
            item.partner = item.buyer and item.buyer.partner_id

    @api.model
    def _create_missing(self, resolver, items):
        """Create the customers, buyers and identities that are missing, at once.

        :raises ConcurrencyError: see :meth:`_upsert`
        """
        # Workers that insert in the same order do not lock each other out.
        items = sorted(items, key=lambda item: item.external_id)
        tables = (self._table, self.env["sale.channel.identity"]._table)
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                self._create_customers_for(
                    resolver,
                    [i for i in items if not i.partner and not i.candidates],
                )
                new = [item for item in items if not item.buyer]
                buyers = self.create([self._prepare_buyer(resolver, i) for i in new])
                for item, buyer in zip(new, buyers, strict=True):
                    item.buyer = buyer
                self.env["sale.channel.identity"]._create_identities(resolver, items)
        except UniqueViolation as error:
            if error.diag.table_name not in tables:
                raise
            # This transaction's snapshot is older than the other one's commit: the
            # row cannot be read here, whatever is tried.
            raise ConcurrencyError(
                f"Another transaction created a buyer of {resolver.channel}"
            ) from error

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

    def _create_own_customer(self, identity):
        """A new customer for this buyer, with the data of one of their identities.

        :param identity: one of the buyer's identities, or empty: bare of documents
        :return: the customer (sudo), bound to nothing yet
        """
        self.ensure_one()
        company = self.company_id or self.env.company
        service = self.sudo().with_company(company)
        resolver = Resolver(service.channel_id)
        data = Buyer(
            external_id=self.external_id,
            nickname=self.nickname or "",
            identity=identity.sudo()._to_data() if identity else None,
        )
        item = service._prepare_item(data, None)
        service._check_document(resolver, item)
        return service._create_customers(resolver, [item]).with_env(self.sudo().env)

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
