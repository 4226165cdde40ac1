from odoo import api, models
from odoo.fields import Command, Domain

from ..lib.documents import is_company
from ..lib.identity import (
    can_become,
    dump_address,
    identifies,
    identity_key,
    is_compatible,
    number_key,
)
from ..lib.names import clearly_differ

# A number that half of the customers carry is nobody's document.
MAX_CANDIDATES = 20
SEARCH_LIMIT = 1000


class SaleChannelIdentityMatcher(models.AbstractModel):
    """Finds the identity of an order, and the customer of an identity."""

    _name = "sale.channel.identity.matcher"
    _description = "Fiscal Identities: import"

    # Which identity

    @api.model
    def _load(self, items):
        """Find all identities of the items' buyers and, of these, each item's own.

        :param items: :class:`Item` objects whose buyers and documents are known
        """
        buyers = [item.buyer.id for item in items if item.buyer]
        rows = self.search([("buyer_id", "in", buyers)]) if buyers else self.browse()
        by_buyer = rows.grouped("buyer_id")
        for item in items:
            item.rows = by_buyer.get(item.buyer, self.browse())
            item.identity = item.rows._get_own(item)

    def _get_own(self, item):
        """The identity that an item is about, among all of its buyer's.

        Sets ``is_told``: data that name nobody (the channel hides or still prepares
        them) say nothing about an identity that is known by its document.
        """
        told = item.data.identity
        if told:
            item.key = identity_key(item.document, item.billing_id)
            own = self.filtered(lambda row: row.key == item.key) or self._get_becoming(
                item
            )
            if own or item.document:
                item.is_told = True
                return own
            if item.billing_id:
                item.is_told = True
                same = self.filtered(lambda row: row.external_id == item.billing_id)
                return same[:1]
        main = item.buyer.partner_id if item.buyer else self.env["res.partner"]
        if not main and (waiting := self.filtered("needs_choice")):
            return waiting[:1]
        if not told:
            return self.browse()
        known = self.filtered(lambda row: row._identifies() and row.partner_id == main)
        item.is_told = not known and bool(
            told.name or told.address or told.taxpayer_type or told.pending
        )
        return known[:1]

    def _get_becoming(self, item):
        return self.filtered(
            lambda row: can_become(
                row.key, row.external_id or "", item.key, item.billing_id
            )
        )[:1]

    # Which customer

    @api.model
    def _find_customers(self, resolver, items):
        """Find the customer of each item; never pick one of several.

        In this order: the identity's own, the buyer's main customer when it fits, a
        customer in Odoo who has this document and no other name. Who was archived is
        the last resort. Items that end with neither customer nor candidates need a new
        one.
        """
        asked = [item for item in items if not self._keep_customer(item)]
        numbers = {
            (item.document.country, number_key(item.document.number))
            for item in asked
            if self._is_checked(item)
        }
        found = self._search_customers(resolver.channel, numbers)
        for item in asked:
            self._decide(item, found)

    @api.model
    def _is_checked(self, item):
        """Whether the item has a document whose rules are known, and that keeps them.

        The numbers of other documents say little about who it is.
        """
        checked = item.document
        return bool(checked and not checked.problem and checked.country)

    @api.model
    def _keep_customer(self, item):
        """Whether the item needs no other customer than those of its buyer."""
        row = item.identity
        main = item.buyer.partner_id if item.buyer else self.env["res.partner"]
        documented = item.is_told and identifies(item.key)
        item.partner = item.archived = self.env["res.partner"]
        if not documented and row and row.needs_choice:
            item.candidates = row.candidate_ids.partner_id
            return True
        if row and row.partner_id:
            # Who was only lent to data without document is looked for now.
            lent = row.origin == "main" and not row._identifies()
            if not documented or not lent:
                return self._take(item, row.partner_id, row.origin)
        if main and (not documented or self._fits(item, main)):
            return self._take(item, main, "main")
        return False

    @api.model
    def _take(self, item, partner, origin):
        """Take a known customer; whether nobody else has to be looked for.

        Who archived a customer may have another one with the document in its place.
        """
        item.origin = origin
        if partner.active or not self._is_checked(item):
            item.partner = partner
            return True
        item.archived = partner
        return False

    @api.model
    def _fits(self, item, main):
        """Whether a valid document can be the main customer's."""
        if main.vat:
            return main.document_key == number_key(
                item.document.number
            ) and self._is_compatible(main, item.document.country)
        others = item.rows - item.identity
        return not others.filtered(
            lambda row: row.partner_id == main and row._identifies()
        )

    @api.model
    def _is_compatible(self, partner, country):
        type_ = partner.l10n_latam_identification_type_id
        return not country or is_compatible(
            country, type_.country_id.code or "", partner.country_id.code or ""
        )

    @api.model
    def _search_customers(self, channel, numbers):
        """Customers by document.

        :param numbers: set of pairs of issuing country and :func:`number_key`
        :return: pair → active commercial customers that the channel may use
        """
        if not numbers:
            return {}
        company = channel.company_id
        partners = self.env["res.partner"].search(
            Domain("document_key", "in", [number for _country, number in numbers])
            & (Domain("parent_id", "=", False) | Domain("is_company", "=", True))
            & Domain("company_id", "in", [False, *company.ids]),
            order="id",
            limit=SEARCH_LIMIT,
        )
        by_number = partners.grouped("document_key")
        return {
            (country, number): by_number.get(number, partners.browse()).filtered(
                lambda partner, country=country: self._is_compatible(partner, country)
            )
            for country, number in numbers
        }

    @api.model
    def _decide(self, item, found):
        """Take the only customer who has the document; let a person choose else."""
        partners = self.env["res.partner"]
        if self._is_checked(item):
            pair = (item.document.country, number_key(item.document.number))
            partners = found[pair]
        if len(partners) == 1 and not self._is_stranger(item, partners):
            item.partner, item.origin = partners, "matched"
            item.note(
                "customer_matched",
                type=item.document.kind,
                number=item.document.number,
                name=partners.display_name,
            )
        elif partners:
            item.candidates = partners[:MAX_CANDIDATES]
        elif item.archived:
            item.partner = item.archived
        else:
            item.origin = "created"

    @api.model
    def _is_stranger(self, item, partner):
        """Whether the names say that a customer with the document is somebody else.

        A company's number is believed: it trades under names that are not its own.
        """
        if item.document and is_company(item.document):
            return False
        accounts = partner.buyer_ids | partner.identity_ids.buyer_id
        known = [partner.legal_name]
        if partner.name not in accounts.mapped("nickname"):
            known.append(partner.name)
        return clearly_differ([item.legal_name, item.name], known)

    # Rows

    @api.model
    def _create_identities(self, resolver, items):
        """Make the identities that are new; their customers are known or to choose."""
        new = [item for item in items if item.is_told and not item.identity]
        rows = self.create([self._prepare_identity(resolver, item) for item in new])
        for item, row in zip(new, rows, strict=True):
            item.identity = row
        matched = rows.filtered(lambda row: row.origin == "matched")
        self.env["sale.channel.partner.change"]._record_matches(matched)

    @api.model
    def _prepare_identity(self, resolver, item):
        values = {
            "buyer_id": item.buyer.id,
            "key": item.key,
            **self._prepare_told(item),
            **self._prepare_customer_values(item),
        }
        if item.is_new:
            values["written"] = self._prepare_written(resolver, item)
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
    def _prepare_customer_values(self, item):
        if not item.partner:
            return {"needs_choice": bool(item.candidates)}
        return {
            "partner_id": item.partner.id,
            "origin": item.origin,
            "needs_choice": False,
        }

    def _update_identity(self, resolver, item):
        """Bring a known identity up to date with what the channel says."""
        self.ensure_one()
        values = self._prepare_customer_values(item)
        if item.is_told:
            values.update(self._prepare_told(item))
            if item.document:
                values["key"] = item.key
        bound, asked = self.partner_id, self.needs_choice
        changed = {
            name: value
            for name, value in values.items()
            if (self[name].id if name == "partner_id" else self[name]) != value
        }
        if changed.get("partner_id"):
            made = item.is_new and self._prepare_written(resolver, item)
            changed["written"] = made or False
        if changed:
            self.write(changed)
        if asked or item.candidates:
            self._sync_candidates(item)
        if item.origin == "matched" and item.partner != bound:
            self.env["sale.channel.partner.change"]._record_matches(self)
        if asked and item.partner:
            self._on_settled()

    def _sync_candidates(self, item):
        """Candidates are who has the document now: people merge and archive."""
        wanted = item.candidates or self.env["res.partner"]
        rows = self.candidate_ids
        missing = wanted - rows.partner_id
        rows.filtered(lambda row: row.partner_id not in wanted).unlink()
        rows.create(
            [{"identity_id": self.id, "partner_id": partner.id} for partner in missing]
        )

    def _ask_again(self):
        """Look for the candidates of an identity whose customer was taken away."""
        self.ensure_one()
        country, _bar, number = self.key.partition("|")
        pair = (country, number)
        found = self._search_customers(self.channel_id, {pair})[pair]
        self.candidate_ids = [
            Command.create({"partner_id": partner.id})
            for partner in found[:MAX_CANDIDATES]
        ]
