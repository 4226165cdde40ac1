from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.channel_base.lib.text import without_emoji

from ..lib import documents
from ..lib.address import compose_billing, visible
from ..lib.identity import is_kept
from ..lib.merge import KEEP, Rule, merge

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


class SaleChannelCustomerWriter(models.AbstractModel):
    """Makes customers of what a channel tells of buyers, and keeps them up to date.

    What people wrote stays. On a customer whom the channel did not make, only what is
    empty is filled.
    """

    _name = "sale.channel.customer.writer"
    _description = "Customers of Sales Channels: what is written on them"

    # New customers

    @api.model
    def _create_customers(self, batch, items):
        """A new customer for each item; a document that Odoo refuses stops no other."""
        if not items:
            return
        # New customers have neither parent nor children: there is nothing to sync.
        model = self.env["res.partner"].with_context(_partners_skip_fields_sync=True)
        vals_list = [self._prepare_customer(batch, item) for item in items]
        try:
            with self.env.cr.savepoint():
                partners = model.create([dict(vals) for vals in vals_list])
        except UserError:
            partners = model.concat(
                *(
                    self._create_customer(model, item, vals)
                    for item, vals in zip(items, vals_list, strict=True)
                )
            )
        for item, partner in zip(items, partners.with_env(self.env), strict=True):
            self._take_back_lossy(item, partner)
            item.partner, item.is_new, item.origin = partner, True, "created"
            if item.buyer.partner_id and item.document:
                item.note(
                    "customer_second",
                    name=partner.display_name,
                    type=item.document.kind,
                    number=item.document.number,
                )

    @api.model
    def _create_customer(self, model, item, vals):
        if "vat" in vals:
            try:
                with self.env.cr.savepoint():
                    return model.create(dict(vals))
            except UserError as error:
                self._refuse_document(item, error)
        bare = {**vals, "vat": False}
        bare.pop("l10n_latam_identification_type_id", None)
        return model.create(bare)

    @api.model
    def _prepare_customer(self, batch, item):
        """Values of a new customer. Localisations extend it."""
        channel, identity = batch.channel, item.data.identity
        lookup = self.env["sale.channel.partner.lookup"]
        vals = {
            "name": self._get_label(channel, item) or item.external_id,
            "ref": item.external_id,
            "is_company": bool(identity and identity.is_company),
            "category_id": [Command.set(channel.partner_category_ids.ids)],
            "team_id": channel.team_id.id,
            "country_id": item.country.id,
            "company_id": channel.own_customers and channel.company_id.id,
            "customer_rank": 1,
            # Odoo's own default, which costs a query a contact to find.
            "l10n_latam_identification_type_id": lookup._get_default_type().id,
            "legal_name": item.legal_name or False,
            **self._prepare_billing(batch, item),
            **lookup._get_peppol_values(item.country),
        }
        if language := lookup._get_language(item.country):
            vals["lang"] = language
        if item.document and not item.document_problem:
            vals["vat"] = item.document.number
            vals["l10n_latam_identification_type_id"] = item.document_type.id
        return vals

    @api.model
    def _get_label(self, channel, item):
        """How the channel wants its customer called, "" when nothing is known."""
        nickname = item.nickname or item.buyer.nickname or ""
        legal_name = item.legal_name or item.partner.legal_name or ""
        names = [without_emoji(nickname), item.name, legal_name]
        if channel.customer_name == "legal":
            names.insert(0, legal_name)
        return next((name for name in names if name), "")

    @api.model
    def _prepare_billing(self, batch, item):
        """Billing address as values of a contact; empty when there is none to write.

        Only in the customer's country: an address without its country is another
        place.
        """
        told = item.data.identity
        address = told and told.address
        if not address:
            return {}
        lookup = self.env["sale.channel.partner.lookup"]
        country = lookup._find_country(batch, address.country_code, item.country.code)
        place = compose_billing(address, country.code or "")
        if place is None or country != item.country:
            return {}
        state, _unknown = lookup._find_state(
            batch, country, visible(address.state_code, 40), visible(address.state_name)
        )
        values = {
            **place.get_line_values(),
            "street2": place.line2,
            "city": place.city,
            "zip": place.zip,
            "state_id": state.id,
        }
        return {name: value for name, value in values.items() if value}

    @api.model
    def _prepare_written(self, batch, item):
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
        if billing := self._prepare_billing(batch, item):
            written["billing"] = billing
        return written

    # Documents that Odoo does not take

    @api.model
    def _take_back_lossy(self, item, partner):
        """Take back a number of which the type keeps only a part: it is another's."""
        checked = item.document
        if not checked or item.document_problem or not partner.vat:
            return
        if not is_kept(checked.number, partner.vat):
            kept, partner.vat = partner.vat, False
            self._refuse_document(item, self._get_lossy_reason(item, kept))

    @api.model
    def _get_lossy_reason(self, item, kept):
        return self.env._(
            "%(type)s would keep only %(kept)s of it.",
            type=item.document_type.display_name,
            kept=kept,
        )

    @api.model
    def _refuse_document(self, item, error):
        item.document_problem = "refused"
        item.note(
            "document_refused",
            type=item.document.kind,
            number=item.document.number,
            detail=visible(error),
        )

    # Known customers

    @api.model
    def _follow_name(self, batch, item):
        """The name of a customer whom the channel named keeps up with it."""
        # Who was there before has the name that people gave them.
        is_main = item.partner == item.buyer.partner_id
        holder = item.buyer if is_main else item.identity
        written = dict(holder.written or {})
        if "name" not in written:
            return
        # Without nickname the channel still may have told a name since.
        label = self._get_label(batch.channel, item)
        name, last = merge(written["name"], item.partner.name, label, Rule.FOLLOW)
        if name is not KEEP:
            item.partner.name = name
        if last != written["name"]:
            holder.written = {**written, "name": last}

    @api.model
    def _update_customer(self, batch, item):
        """Bring document, legal name and billing address to a known customer."""
        if not item.is_told:
            return
        identity = item.identity
        written = dict(identity.written or {})
        rule = Rule.FOLLOW if identity._is_customer_ours() else Rule.FILL
        if item.document and not item.document_problem:
            if self._update_document(item, rule):
                partner = item.partner
                written.update(vat=partner.vat, document=item.document.number)
                type_ = partner.l10n_latam_identification_type_id
                if type_ == item.document_type:
                    written["type"] = type_.id
        self._update_data(batch, item, rule, written)
        values = {"problem": item.document_problem or False} if item.document else {}
        values["written"] = written
        changed = {
            name: value
            for name, value in values.items()
            if (identity[name] or False) != (value or False)
        }
        if changed:
            identity.write(changed)

    @api.model
    def _update_data(self, batch, item, rule, written):
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
        vals.update(self._merge_billing(batch, item, rule, written))
        if vals:
            partner.write(vals)

    @api.model
    def _merge_billing(self, batch, item, rule, written):
        """Values of the billing address that change; see :meth:`_update_data`."""
        partner, vals = item.partner, {}
        billing = self._prepare_billing(batch, item)
        # One value: half of one address and half of another is nobody's address.
        now = partner._convert_fields_to_values(BILLING_FIELDS)
        there = {field: value for field, value in now.items() if value}
        if "street_name" in billing:
            there.pop("street", None)
        else:
            for field in ("street_name", "street_number", "street_number2"):
                there.pop(field, None)
        place, last = merge(written.get("billing"), there, billing, rule)
        lookup = self.env["sale.channel.partner.lookup"]
        if place is not KEEP and there and lookup._is_awaited(batch, item, partner):
            place, last = KEEP, written.get("billing")
            item.note("billing_waits", name=partner.display_name)
        if place is not KEEP:
            vals = dict.fromkeys(set(there) - set(place), False) | place
        if last:
            written["billing"] = last
        return vals

    @api.model
    def _update_document(self, item, rule):
        """Give the customer the document that is missing; never replace one.

        :return: whether the customer has the channel's document now
        """
        partner, checked = item.partner, item.document
        params = {"type": checked.kind, "number": checked.number}
        vals = self._get_missing_document(item, rule)
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
                        raise UserError(self._get_lossy_reason(item, partner.vat))
            except UserError as error:
                self._refuse_document(item, error)
                return False
        return True

    @api.model
    def _get_missing_document(self, item, rule):
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
        written = item.identity.written or {}
        ours = {"vat": partner.vat, "document": checked.number}.items()
        is_ours = ours <= written.items()
        if not is_ours and not documents.same(partner.vat, checked.number):
            return None
        if current == type_:
            return {}
        lookup = self.env["sale.channel.partner.lookup"]
        follows = rule is Rule.FOLLOW and written.get("type") == current.id
        if not current or lookup._is_generic(current) or follows:
            return {"l10n_latam_identification_type_id": type_.id}
        return {}
