from odoo import api, models
from odoo.fields import Command, Domain

from ..lib.documents import is_company
from ..lib.identity import (
    can_become,
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
    """Finds the identity that an order is about, and the customer of an identity."""

    _name = "sale.channel.identity.matcher"
    _description = "Fiscal Identities of Buyers: whose they are"

    # Which identity

    @api.model
    def _find_identities(self, items):
        """Find all identities of the items' buyers and, of these, each item's own.

        :param items: :class:`Item` objects whose buyers and documents are known
        """
        for item in items:
            item.rows = item.buyer.identity_ids.sorted("id", reverse=True)
            item.identity = self._choose_identity(item)

    @api.model
    def _choose_identity(self, item):
        """The identity that an item is about, among all of its buyer's.

        Sets ``is_told``: data that name nobody (the channel hides or still prepares
        them) say nothing about an identity that is known by its document.
        """
        told, rows = item.data.identity, item.rows
        if told:
            item.key = identity_key(item.document, item.billing_id)
            own = rows.filtered(lambda row: row.key == item.key) or self._get_becoming(
                item
            )
            if own or item.document:
                item.is_told = True
                return own
            if item.billing_id:
                item.is_told = True
                same = rows.filtered(lambda row: row.external_id == item.billing_id)
                return same[:1]
        main = item.buyer.partner_id
        if not main and (waiting := rows.filtered("needs_choice")):
            return waiting[:1]
        if not told:
            return rows.browse()
        known = rows.filtered(lambda row: row._identifies() and row.partner_id == main)
        item.is_told = not known and bool(
            told.name or told.address or told.taxpayer_type or told.pending
        )
        return known[:1]

    @api.model
    def _get_becoming(self, item):
        """The identity of nobody yet that turns out to be the one that is told."""
        return item.rows.filtered(
            lambda row: can_become(
                row.key, row.external_id or "", item.key, item.billing_id
            )
        )[:1]

    # Which customer

    @api.model
    def _find_customers(self, batch, items):
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
            if item.is_documented
        }
        found = self._search_customers(batch.channel, numbers)
        for item in asked:
            self._take_found(item, found)

    @api.model
    def _keep_customer(self, item):
        """Take a customer of its buyer; whether nobody else has to be looked for."""
        row, main = item.identity, item.buyer.partner_id
        documented = item.is_told and identifies(item.key)
        item.partner = self.env["res.partner"]
        if not documented and row.needs_choice:
            item.candidates = row.candidate_ids.partner_id
            return True
        if row.partner_id:
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
        if partner.active or not item.is_documented:
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
        """Whether a customer's number may be one that a country (its code) issued."""
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
        partners = self.env["res.partner"].search_fetch(
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
    def _take_found(self, item, found):
        """Take the only customer who has the document; let a person choose else."""
        partners = self.env["res.partner"]
        if item.is_documented:
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

    @api.model
    def _ask_again(self, identity):
        """Look for the candidates of an identity whose customer was taken away."""
        country, _bar, number = identity.key.partition("|")
        pair = (country, number)
        found = self._search_customers(identity.channel_id, {pair})[pair]
        identity.candidate_ids = [
            Command.create({"partner_id": partner.id})
            for partner in found[:MAX_CANDIDATES]
        ]
