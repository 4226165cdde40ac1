from collections import Counter

from psycopg2.errors import UniqueViolation

from odoo import api, models
from odoo.exceptions import ConcurrencyError
from odoo.fields import Command
from odoo.tools import mute_logger

from odoo.addons.channel_base.lib.text import without_emoji

from ..lib import documents
from ..lib.address import named, visible
from ..lib.buyer import FISCAL_FACTS, Buyer
from ..lib.identity import dump_address, number_key
from ..lib.items import BuyerResult, Item

# What another transaction may have made that this one is too old to see.
UNIQUE = (
    "sale.channel.partner",
    "sale.channel.identity",
    "sale.channel.partner.link",
)


class SaleChannelPartnerImporter(models.AbstractModel):
    """Brings in what a channel tells of buyers, many at once.

    Each step is a service of its own: whose identity it is
    (``sale.channel.identity.matcher``), what is written on the customer
    (``sale.channel.customer.writer``), where it is sent
    (``sale.channel.partner.attacher``).

    With ``sudo``: buyers become customers, whoever runs the flow.
    """

    _name = "sale.channel.partner.importer"
    _description = "Buyers of Sales Channels: import"

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
            it is visible then.
        """
        service = self._for_company(channel.company_id)
        batch = service.env["sale.channel.partner.lookup"]._open(channel)
        items = [service._prepare_item(*update) for update in updates]
        try:
            with mute_logger("odoo.sql_db"):
                for round_ in service._split_rounds(items):
                    service._upsert_round(batch, round_)
        except UniqueViolation as error:
            if error.diag.table_name not in {self.env[name]._table for name in UNIQUE}:
                raise
            raise ConcurrencyError(
                f"Another transaction created a buyer, or an address, of {channel}"
            ) from error
        return [self._make_result(item) for item in items]

    @api.model
    def _create_own_customer(self, buyer, identity):
        """A new customer for a buyer, with the data of one of their identities.

        :param identity: one of the buyer's identities, or empty: bare of documents
        :return: the customer (sudo), bound to nothing yet
        """
        service = self._for_company(buyer.company_id)
        batch = service.env["sale.channel.partner.lookup"]._open(buyer.channel_id)
        data = Buyer(
            external_id=buyer.external_id,
            nickname=buyer.nickname or "",
            identity=identity.sudo()._to_data() if identity else None,
        )
        item = service._prepare_item(data, None)
        service._check_document(batch, item)
        service.env["sale.channel.customer.writer"]._create_customers(batch, [item])
        return item.partner.with_env(self.sudo().env)

    @api.model
    def _for_company(self, company):
        """This service as superuser, for one company or, without it, the user's.

        Who a customer is, and what is written on it, does not depend on who asks.
        """
        return self.sudo().with_company(company or self.env.company)

    @api.model
    def _prepare_item(self, data, address, orders=None):
        told = data.identity
        buyers, partners = self.env["sale.channel.partner"], self.env["res.partner"]
        return Item(
            data=data,
            address=address,
            external_id=visible(data.external_id),
            nickname=named(data.nickname, 128),
            name=without_emoji(named(data.name, 128)),
            legal_name=without_emoji(named(told.name)) if told else "",
            billing_id=visible(told.external_id, 64) if told else "",
            facts={name: visible(getattr(told, name)) for name in FISCAL_FACTS if told},
            orders=self.env["sale.order"] if orders is None else orders,
            buyer=buyers,
            rows=buyers.identity_ids,
            identity=buyers.identity_ids,
            partner=partners,
            archived=partners,
            candidates=partners,
            delivery=partners,
            contact=partners,
            country=self.env["res.country"],
            document_type=self.env["l10n_latam.identification.type"],
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
    def _upsert_round(self, batch, items):
        """Bring in items that have nothing to do with each other. Addons that settle
        more about the customers extend it."""
        matcher = self.env["sale.channel.identity.matcher"]
        writer = self.env["sale.channel.customer.writer"]
        self._find_buyers(batch, items)
        for item in items:
            self._check_document(batch, item)
        matcher._find_identities(items)
        matcher._find_customers(batch, items)
        known = [(item, item.buyer, item.identity) for item in items]
        self._create_missing(batch, items)
        for item, buyer, identity in known:
            if buyer:
                self._update_buyer(batch, item)
            if identity:
                self._update_identity(batch, item)
            if item.identity and item.partner and not item.is_new:
                writer._update_customer(batch, item)
        self.env["sale.channel.partner.attacher"]._attach(
            batch, [item for item in items if item.partner]
        )

    @api.model
    def _make_result(self, item):
        """The result in the caller's environment."""
        env = self.env
        return BuyerResult(
            buyer=item.buyer.with_env(env),
            identity=item.identity.with_env(env),
            partner=item.partner.with_env(env),
            delivery=(item.delivery or item.partner).with_env(env),
            contact=item.contact.with_env(env),
            notes=item.notes,
            problem="customer_ambiguous" if item.candidates else "",
        )

    # What there is

    @api.model
    def _find_buyers(self, batch, items):
        found = self.env["sale.channel.partner"].search_fetch(
            [
                ("channel_id", "=", batch.channel.id),
                ("external_id", "in", [item.external_id for item in items]),
            ]
        )
        by_id = found.grouped("external_id")
        for item in items:
            item.buyer = by_id.get(item.external_id, found.browse())
            item.partner = item.buyer.partner_id

    @api.model
    def _check_document(self, batch, item):
        """Check the document and find the country."""
        lookup = self.env["sale.channel.partner.lookup"]
        identity, address = item.data.identity, item.address
        billed = identity.address.country_code if identity and identity.address else ""
        shipped = address.country_code if address else ""
        places = [billed, shipped, item.partner.country_id.code]
        item.country = lookup._find_country(batch, *places)
        if not identity:
            return
        word, number = visible(identity.document_type, 40), identity.document_number
        item.document, item.document_type, known = lookup._check_document(
            batch, word, number, item.country.code or ""
        )
        checked = item.document
        if documents.is_nobody(identity.document_type, number):
            item.note("invoice_not_requested", number=number)
        elif checked is None and visible(number, 40):
            item.note("document_placeholder", type=word, number=number)
        elif checked and checked.problem:
            item.document_problem = checked.problem
            item.note("document_invalid", type=checked.kind, number=checked.number)
        elif checked:
            # Who has a valid document of a country is a taxpayer of that country.
            item.country = lookup._find_country(batch, checked.country, *places)
            if not known:
                item.note("document_type_unmapped", value=checked.kind)

    # What is missing

    @api.model
    def _create_missing(self, batch, items):
        """Create the customers, buyers and identities that are missing, at once."""
        # Workers that insert in the same order do not lock each other out.
        items = sorted(items, key=lambda item: item.external_id)
        nobody = [i for i in items if not i.partner and not i.candidates]
        self.env["sale.channel.customer.writer"]._create_customers(batch, nobody)
        new = [item for item in items if not item.buyer]
        buyers = self.env["sale.channel.partner"].create(
            [self._prepare_buyer(batch, item) for item in new]
        )
        for item, buyer in zip(new, buyers, strict=True):
            item.buyer = buyer
        self._create_identities(batch, items)

    @api.model
    def _prepare_buyer(self, batch, item):
        """Values of a new buyer; without customer while a person has to choose."""
        return {
            "channel_id": batch.channel.id,
            "external_id": item.external_id,
            "partner_id": item.partner.id,
            "nickname": item.nickname,
            "written": {"name": item.partner.name} if item.is_new else {},
        }

    @api.model
    def _create_identities(self, batch, items):
        """Make the identities that are new; their customers are known or to choose."""
        new = [item for item in items if item.is_told and not item.identity]
        rows = self.env["sale.channel.partner"].identity_ids.create(
            [self._prepare_identity(batch, item) for item in new]
        )
        for item, row in zip(new, rows, strict=True):
            item.identity = row
        matched = rows.filtered(lambda row: row.origin == "matched")
        self.env["sale.channel.partner.change"]._record_matches(matched)

    @api.model
    def _prepare_identity(self, batch, item):
        values = {
            "buyer_id": item.buyer.id,
            "key": item.key,
            **self._prepare_told(item),
            **self._prepare_choice(item),
        }
        if item.is_new:
            writer = self.env["sale.channel.customer.writer"]
            values["written"] = writer._prepare_written(batch, item)
        if item.candidates:
            values["candidate_ids"] = [
                Command.create({"partner_id": partner.id})
                for partner in item.candidates
            ]
        return values

    @api.model
    def _prepare_told(self, item):
        """What the channel says of the identity now; what it leaves out stays."""
        told, values = item.data.identity, {}
        if item.document:
            values = {
                "document_type": item.document.kind or False,
                "document_number": item.document.number,
                "problem": item.document_problem or False,
            }
        said = {
            "external_id": item.billing_id,
            "legal_name": item.legal_name,
            **item.facts,
            "address": dump_address(told.address),
        }
        values.update((name, value) for name, value in said.items() if value)
        return {**values, "pending": told.pending}

    @api.model
    def _prepare_choice(self, item):
        """The identity's customer, or that a person has to choose."""
        if not item.partner:
            return {"needs_choice": bool(item.candidates)}
        return {
            "partner_id": item.partner.id,
            "origin": item.origin,
            "needs_choice": False,
        }

    # What is known

    @api.model
    def _update_buyer(self, batch, item):
        """Bring a known buyer, and the name of the customer, up to date."""
        buyer, values = item.buyer, {}
        replaced = item.archived and buyer.partner_id == item.archived
        if item.partner and (not buyer.partner_id or replaced):
            values["partner_id"] = item.partner.id
            values["written"] = {"name": item.partner.name} if item.is_new else {}
        if item.nickname and item.nickname != buyer.nickname:
            values["nickname"] = item.nickname
        if values:
            buyer.write(values)
        if item.partner and not item.partner.active:
            item.note("customer_archived", name=item.partner.display_name)
        if item.partner and not item.is_new:
            self.env["sale.channel.customer.writer"]._follow_name(batch, item)

    @api.model
    def _update_identity(self, batch, item):
        """Bring a known identity up to date with what the channel says."""
        identity, values = item.identity, self._prepare_choice(item)
        if item.is_told:
            values.update(self._prepare_told(item))
            if item.document:
                values["key"] = item.key
        bound, asked = identity.partner_id, identity.needs_choice
        changed = {
            name: value
            for name, value in values.items()
            if (bound.id if name == "partner_id" else identity[name]) != value
        }
        if changed.get("partner_id"):
            writer = self.env["sale.channel.customer.writer"]
            made = item.is_new and writer._prepare_written(batch, item)
            changed["written"] = made or False
        if changed:
            identity.write(changed)
        if asked or item.candidates:
            identity._sync_candidates(item.candidates)
        if item.origin == "matched" and item.partner != bound:
            self.env["sale.channel.partner.change"]._record_matches(identity)
        if asked and item.partner:
            identity._on_settled()
