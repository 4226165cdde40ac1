from collections import Counter

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.tools import mute_logger

from ..lib import documents
from ..lib.address import visible
from ..lib.urls import is_web_page
from ..tools.items import BuyerResult, Item
from ..tools.resolver import Resolver

DOCUMENT_PROBLEMS = [
    ("format", "Not a number of this kind"),
    ("length", "Wrong length"),
    ("component", "Impossible prefix"),
    ("checksum", "Wrong check digit"),
    ("no_type", "No document type"),
    ("refused", "Odoo refused it"),
    ("differs", "The customer has another document"),
]


class SaleChannelPartner(models.Model):
    """A buyer: who a channel's user is among the customers."""

    _name = "sale.channel.partner"
    _inherit = "sale.channel.binding.mixin"
    _description = "Buyer of a Sales Channel"
    _order = "id desc"
    _rec_name = "nickname"
    _rec_names_search = ["nickname", "external_id"]

    # Restrict: deleting the customer would make the next order create them again.
    # Merging contacts moves the buyer along, nothing is restricted then.
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, index=True, ondelete="restrict"
    )
    nickname = fields.Char(help="The user's name on the channel; it can change.")
    document_type = fields.Char(help="As the channel names it.")
    document_number = fields.Char(help="What the channel said the last time.")
    document_problem = fields.Selection(
        DOCUMENT_PROBLEMS,
        index="btree_not_null",
        help="Why the document was not written on the customer.",
    )
    profile_url = fields.Char("Profile", compute="_compute_profile_url")
    written = fields.Json(
        copy=False, help="What the channel wrote on the customer the last time."
    )
    link_ids = fields.One2many("sale.channel.partner.link", "buyer_id")

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
            url = buyer.channel_id and buyer.channel_id._get_buyer_profile_url(buyer)
            buyer.profile_url = is_web_page(url) and url

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
        :param updates: list of ``(Buyer, Address or None)``; the same buyer may come
            several times, later ones count as later orders
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
    def _get_note_texts(self):
        """Code of a note → text in the user's language, with ``%(name)s`` in it."""
        return {
            "buyer_without_id": self.env._("The channel did not say who bought."),
            "customer_archived": self.env._("The customer %(name)s is archived."),
            "invoice_not_requested": self.env._(
                "The buyer asked for no invoice of their own (%(number)s)."
            ),
            "document_invalid": self.env._(
                "%(type)s %(number)s is not valid and was not written on the customer."
            ),
            "document_refused": self.env._(
                "Odoo did not accept %(type)s %(number)s on the customer: %(detail)s"
            ),
            "document_differs": self.env._(
                "The channel says %(type)s %(number)s; the customer has another "
                "document, which stays."
            ),
            "document_elsewhere": self.env._(
                "%(type)s %(number)s was not written: the customer is a contact of "
                "%(company)s, whose document counts."
            ),
            "document_type_unmapped": self.env._(
                "Nobody has mapped the document type “%(value)s” in the de-para."
            ),
            "state_unknown": self.env._("The state “%(value)s” is not known; map it."),
            "address_hidden": self.env._(
                "The channel does not show the delivery address yet."
            ),
            "delivery_archived": self.env._(
                "The delivery address %(name)s is archived."
            ),
        }

    @api.model
    def _prepare_item(self, data, address):
        return Item(
            data=data,
            address=address,
            external_id=visible(data.external_id),
            nickname=visible(data.nickname, 128),
            name=visible(data.name, 128),
        )

    @api.model
    def _split_rounds(self, items):
        """Rounds in which every buyer comes once, in the order of the updates."""
        seen, rounds = Counter(), []
        for item in items:
            if not item.external_id:
                item.note("buyer_without_id")
                continue
            turn = seen[item.external_id]
            seen[item.external_id] += 1
            if turn == len(rounds):
                rounds.append([])
            rounds[turn].append(item)
        return rounds

    @api.model
    def _upsert_round(self, resolver, items):
        self._find_buyers(resolver, items)
        for item in items:
            self._resolve_identity(resolver, item)
        # Workers that insert in the same order do not lock each other out.
        new = sorted(
            (item for item in items if not item.buyer),
            key=lambda item: item.external_id,
        )
        known = [item for item in items if item.buyer]
        if new:
            self._create_buyers(resolver, new)
        for item in known:
            item.buyer._update_customer(resolver, item)
        self.env["sale.channel.partner.link"]._attach(resolver, items)

    @api.model
    def _make_result(self, item):
        """The result in the caller's environment."""
        Partner, env = self.env["res.partner"], self.env
        partner = (item.partner or Partner).with_env(env)
        return BuyerResult(
            buyer=(item.buyer or self.browse()).with_env(env),
            partner=partner,
            delivery=(item.delivery or partner).with_env(env),
            contact=(item.contact or Partner).with_env(env),
            notes=item.notes,
        )

    @api.model
    def _resolve_identity(self, resolver, item):
        """Check the document and find the country."""
        identity, address = item.data.identity, item.address
        billed = identity.address.country_code if identity and identity.address else ""
        shipped = address.country_code if address else ""
        lives = item.partner.country_id.code if item.partner else ""
        country = resolver.country(billed, shipped, lives)
        if identity:
            kind, number = identity.document_type, identity.document_number
            if documents.is_nobody(kind, number):
                item.note("invoice_not_requested", number=number)
            checked, type_, known = resolver.document(
                visible(kind, 40),
                number,
                country.code or "",
            )
            item.document, item.document_type = checked, type_
            if checked and checked.problem:
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
    def _create_buyers(self, resolver, items):
        """Create customers and buyers at once."""
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                partners = self._create_customers(resolver, items)
                buyers = self.create(
                    [
                        self._prepare_buyer(resolver, item, partner)
                        for item, partner in zip(items, partners, strict=True)
                    ]
                )
        except UniqueViolation as error:
            if error.diag.table_name != self._table:
                raise
            # This transaction's snapshot is older than the other one's commit: the
            # buyer cannot be read here, whatever is tried.
            raise ConcurrencyError(
                f"Another transaction created a buyer of {resolver.channel}"
            ) from error
        for item, buyer, partner in zip(items, buyers, partners, strict=True):
            item.buyer, item.partner, item.is_new = buyer, partner, True
