from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..lib import documents
from ..lib.address import compose_billing, visible
from ..lib.identity import is_kept
from ..lib.merge import KEEP, Rule, merge
from ..lib.schema import Buyer
from ..tools.resolver import Resolver

# Enough to find texts that may hold pictographs.
EMOJI = "[\u2600-\u27bf\U0001f000-\U0001faff]"
BILLING_FIELDS = (
    "street",
    "street_name",
    "street_number",
    "street_number2",
    "street2",
    "city",
    "zip",
    "state_id",
)


class SaleChannelIdentity(models.Model):
    _inherit = "sale.channel.identity"

    @api.model
    def _prepare_billing(self, resolver, item):
        """Billing address as values of a contact; empty when there is none to write.

        Only in the customer's country: an address without its country is another
        place.
        """
        told = item.data.identity
        address = told and told.address
        if not address:
            return {}
        country = resolver.country(address.country_code, item.country.code)
        place = compose_billing(address, country.code or "")
        if place is None or country != item.country:
            return {}
        state, _unknown = resolver.state(
            country, visible(address.state_code, 40), visible(address.state_name)
        )
        link = self.env["sale.channel.partner.link"]
        values = {
            **link._prepare_line(place),
            "street2": place.line2,
            "city": place.city,
            "zip": place.zip,
            "state_id": state.id,
        }
        return {name: value for name, value in values.items() if value}

    @api.model
    def _prepare_written(self, resolver, item):
        """What counts as written on a customer who was made of the item."""
        partner = item.partner
        written = {"name": partner.name}
        if item.document and not item.document_problem:
            written.update(
                vat=partner.vat,
                document=item.document.number,
                type=partner.l10n_latam_identification_type_id.id,
            )
        if item.legal_name:
            written["legal_name"] = item.legal_name
        if billing := self._prepare_billing(resolver, item):
            written["billing"] = billing
        return written

    def _update_customer(self, resolver, item):
        """Bring document, legal name and billing address to the customer.

        What people wrote stays. On a customer who was there before, only what is empty
        is filled.
        """
        self.ensure_one()
        if not item.is_told:
            return
        written = dict(self.written or {})
        rule = Rule.FOLLOW if item.buyer._is_ours(self) else Rule.FILL
        if item.document and not item.document_problem:
            if self._update_document(resolver, item, rule):
                partner = item.partner
                written.update(vat=partner.vat, document=item.document.number)
                type_ = partner.l10n_latam_identification_type_id
                if type_ == item.document_type:
                    written["type"] = type_.id
        self._update_data(resolver, item, rule, written)
        values = {"problem": item.document_problem or False} if item.document else {}
        values["written"] = written
        changed = {
            name: value
            for name, value in values.items()
            if (self[name] or False) != (value or False)
        }
        if changed:
            self.write(changed)

    def _update_data(self, resolver, item, rule, written):
        """Merge legal name and billing address; ``written`` is brought up to date."""
        partner, vals = item.partner, {}
        if partner.commercial_partner_id != partner:
            return
        name, last = merge(
            written.get("legal_name"), partner.legal_name, item.legal_name, rule
        )
        if name is not KEEP:
            vals["legal_name"] = name
        if last:
            written["legal_name"] = last
        billing = self._prepare_billing(resolver, item)
        # One value: half of one address and half of another is nobody's address.
        now = partner._convert_fields_to_values(BILLING_FIELDS)
        there = {field: value for field, value in now.items() if value}
        if "street_name" in billing:
            there.pop("street", None)
        else:
            for field in ("street_name", "street_number", "street_number2"):
                there.pop(field, None)
        place, last = merge(written.get("billing"), there, billing, rule)
        if place is not KEEP and there and partner._is_awaited(resolver, item):
            place, last = KEEP, written.get("billing")
            item.note("billing_waits", name=partner.display_name)
        if place is not KEEP:
            vals.update(dict.fromkeys(set(there) - set(place), False), **place)
        if last:
            written["billing"] = last
        if vals:
            partner.write(vals)

    @api.model
    def _repair_billing(self):
        """Take courier notes and emoji out of the addresses of customers.

        Only where the address is still the one that the channel wrote.
        """
        found = self.env.execute_query(
            SQL(
                "SELECT id FROM sale_channel_identity WHERE written::jsonb ? 'billing'"
                " AND (address::jsonb ? 'comment' OR address::text ~ %s) ORDER BY id",
                EMOJI,
            )
        )
        resolvers = {}
        for row in self.browse(id_ for (id_,) in found):
            channel = row.channel_id
            if channel not in resolvers:
                resolvers[channel] = Resolver(channel)
            row._rewrite_billing(resolvers[channel])

    def _rewrite_billing(self, resolver):
        """Write the billing address again as it is laid out now."""
        self.ensure_one()
        if not self.partner_id:
            return
        company = self.company_id or self.env.company
        buyer = self.buyer_id.with_company(company)
        data = Buyer(external_id=buyer.external_id, identity=self._to_data())
        item = buyer._prepare_item(data, None)
        item.buyer, item.partner = buyer, self.partner_id
        buyer._check_document(resolver, item)
        written = dict(self.written)
        self._update_data(resolver, item, Rule.FOLLOW, written)
        if written != self.written:
            self.written = written

    @api.model
    def _repair_lossy_documents(self):
        """Write numbers again of which Odoo kept the digits only."""
        found = self.env.execute_query(
            SQL(
                "SELECT id FROM sale_channel_identity WHERE partner_id IS NOT NULL"
                " AND document_number ~ '[A-Za-z]' AND problem IS NULL ORDER BY id"
            )
        )
        for row in self.browse(id_ for (id_,) in found):
            row._rewrite_document()

    def _rewrite_document(self):
        self.ensure_one()
        number, partner = self.document_number, self.partner_id
        ours = {"vat": partner.vat, "document": number}.items()
        if not ours <= (self.written or {}).items() or is_kept(number, partner.vat):
            return
        partner.vat = number
        self.written = {**self.written, "vat": partner.vat}

    def _update_document(self, resolver, item, rule):
        """Give the customer the document that is missing; never replace one.

        :return: whether the customer has the channel's document now
        """
        partner, checked = item.partner, item.document
        params = {"type": checked.kind, "number": checked.number}
        vals = self._get_missing_document(resolver, item, rule)
        if vals is None:
            item.document_problem = "differs"
            item.note("document_differs", **params)
            return False
        if vals and partner.commercial_partner_id != partner:
            company = partner.commercial_partner_id.display_name
            item.note("document_elsewhere", company=company, **params)
            return False
        if vals:
            try:
                with self.env.cr.savepoint():
                    partner.write(vals)
                    if not is_kept(checked.number, partner.vat):
                        reason = item.buyer._get_lossy_reason(item, partner.vat)
                        raise UserError(reason)
            except UserError as error:
                item.buyer._refuse_document(item, error)
                return False
        return True

    def _get_missing_document(self, resolver, item, rule):
        """Values that complete the customer's document; None when it is another."""
        checked, type_, partner = item.document, item.document_type, item.partner
        current = partner.l10n_latam_identification_type_id
        if not partner.vat:
            vals = {
                "vat": checked.number,
                "l10n_latam_identification_type_id": type_.id,
            }
            if not partner.country_id:
                vals["country_id"] = item.country.id
            return vals
        # Odoo writes some numbers in its own way: remember what became of ours.
        written = self.written or {}
        ours = {"vat": partner.vat, "document": checked.number}.items()
        is_ours = ours <= written.items()
        if not is_ours and not documents.same(partner.vat, checked.number):
            return None
        if current == type_:
            return {}
        follows = rule is Rule.FOLLOW and written.get("type") == current.id
        if not current or resolver.is_generic(current) or follows:
            return {"l10n_latam_identification_type_id": type_.id}
        return {}
