from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..lib import documents
from ..lib.address import visible
from ..lib.merge import KEEP, Rule, merge


class SaleChannelPartner(models.Model):
    _inherit = "sale.channel.partner"

    @api.model
    def _prepare_buyer(self, resolver, item, partner):
        written = {"name": partner.name}
        if item.document and not item.document_problem:
            written.update(vat=partner.vat, document=item.document.number)
        return {
            "channel_id": resolver.channel.id,
            "external_id": item.external_id,
            "partner_id": partner.id,
            "nickname": item.nickname,
            "written": written,
            **self._prepare_document_fields(item),
        }

    @api.model
    def _prepare_document_fields(self, item):
        """What the channel said about the document, for the buyer."""
        if not item.document:
            return {}
        return {
            "document_type": item.document.kind or False,
            "document_number": item.document.number,
            "document_problem": item.document_problem or False,
        }

    @api.model
    def _prepare_customer(self, resolver, item):
        """Values of a new customer. Localisations extend it."""
        channel, identity = resolver.channel, item.data.identity
        vals = {
            "name": item.nickname or item.name or item.external_id,
            "ref": item.external_id,
            "is_company": bool(identity and identity.is_company),
            "category_id": [Command.set(channel.partner_category_ids.ids)],
            "team_id": channel.team_id.id,
            "country_id": item.country.id,
            "company_id": channel.own_customers and channel.company_id.id,
            "customer_rank": 1,
            # Odoo's own default, which costs a query a contact to find.
            "l10n_latam_identification_type_id": resolver.default_type().id,
        }
        if language := resolver.language(item.country):
            vals["lang"] = language
        if item.document and not item.document_problem:
            vals["vat"] = item.document.number
            vals["l10n_latam_identification_type_id"] = item.document_type.id
        return vals

    @api.model
    def _create_customers(self, resolver, items):
        """New customers; a document that Odoo refuses does not stop the others."""
        # New customers have neither parent nor children: there is nothing to sync.
        model = self.env["res.partner"].with_context(_partners_skip_fields_sync=True)
        vals_list = [self._prepare_customer(resolver, item) for item in items]
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
        return partners.with_env(self.env)

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
    def _refuse_document(self, item, error):
        item.document_problem = "refused"
        item.note(
            "document_refused",
            type=item.document.kind,
            number=item.document.number,
            detail=visible(error),
        )

    def _update_customer(self, resolver, item):
        """Update what is known about a buyer and their customer, if it changed."""
        self.ensure_one()
        partner = self.partner_id
        if not partner.active:
            item.note("customer_archived", name=partner.display_name)
        written = dict(self.written or {})
        # Without nickname the channel still may have told a name since.
        label = item.nickname or self.nickname or item.name
        name, last = merge(written.get("name"), partner.name, label, Rule.FOLLOW)
        if name is not KEEP:
            partner.name = name
        written["name"] = last
        if item.document and not item.document_problem:
            if self._update_document(resolver, item):
                written.update(vat=partner.vat, document=item.document.number)
        values = self._prepare_document_fields(item)
        values["written"] = written
        if item.nickname:
            values["nickname"] = item.nickname
        changed = {key: value for key, value in values.items() if self[key] != value}
        if changed:
            self.write(changed)

    def _update_document(self, resolver, item):
        """Give the customer the document that is missing; never replace one.

        :return: whether the customer has the channel's document now
        """
        partner, checked = self.partner_id, item.document
        params = {"type": checked.kind, "number": checked.number}
        vals = self._get_missing_document(resolver, item, partner)
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
            except UserError as error:
                self._refuse_document(item, error)
                return False
        return True

    def _get_missing_document(self, resolver, item, partner):
        """Values that complete the customer's document; None when it is another."""
        checked, type_ = item.document, item.document_type
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
        ours = {"vat": partner.vat, "document": checked.number}.items()
        is_ours = ours <= (self.written or {}).items()
        if not is_ours and not documents.same(partner.vat, checked.number):
            return None
        if (not current or resolver.is_generic(current)) and current != type_:
            return {"l10n_latam_identification_type_id": type_.id}
        return {}
