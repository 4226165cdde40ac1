from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.channel_base.lib.text import without_emoji

from ..lib.address import visible
from ..lib.identity import is_kept
from ..lib.merge import KEEP, Rule, merge


class SaleChannelPartner(models.Model):
    _inherit = "sale.channel.partner"

    @api.model
    def _prepare_buyer(self, resolver, item):
        """Values of a new buyer; without customer while a person has to choose."""
        partner = item.partner or self.env["res.partner"]
        return {
            "channel_id": resolver.channel.id,
            "external_id": item.external_id,
            "partner_id": partner.id,
            "nickname": item.nickname,
            "written": {"name": partner.name} if item.is_new else {},
        }

    @api.model
    def _prepare_customer(self, resolver, item):
        """Values of a new customer. Localisations extend it."""
        channel, identity = resolver.channel, item.data.identity
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
            "l10n_latam_identification_type_id": resolver.default_type().id,
            "legal_name": item.legal_name or False,
            **self.env["sale.channel.identity"]._prepare_billing(resolver, item),
        }
        if language := resolver.language(item.country):
            vals["lang"] = language
        if item.document and not item.document_problem:
            vals["vat"] = item.document.number
            vals["l10n_latam_identification_type_id"] = item.document_type.id
        return vals

    @api.model
    def _get_label(self, channel, item):
        """How the channel wants its customer called, "" when nothing is known."""
        nickname = item.nickname or (item.buyer.nickname if item.buyer else "")
        known = item.partner.legal_name if item.partner else ""
        legal_name = item.legal_name or known
        names = [without_emoji(nickname), item.name, legal_name]
        if channel.customer_name == "legal":
            names.insert(0, legal_name)
        return next((name for name in names if name), "")

    @api.model
    def _create_customers_for(self, resolver, items):
        """Give each item a new customer."""
        for item, partner in zip(
            items, self._create_customers(resolver, items), strict=True
        ):
            item.partner, item.is_new, item.origin = partner, True, "created"
            if item.buyer and item.buyer.partner_id and item.document:
                item.note(
                    "customer_second",
                    name=partner.display_name,
                    type=item.document.kind,
                    number=item.document.number,
                )

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
        for item, partner in zip(items, partners, strict=True):
            self._check_kept(item, partner)
        return partners.with_env(self.env)

    @api.model
    def _check_kept(self, item, partner):
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

    def _update_account(self, resolver, item):
        """Update what is known about a buyer, if it changed."""
        self.ensure_one()
        values = {}
        replaced = item.archived and self.partner_id == item.archived
        if item.partner and (not self.partner_id or replaced):
            values["partner_id"] = item.partner.id
            values["written"] = {"name": item.partner.name} if item.is_new else {}
        if item.nickname and item.nickname != self.nickname:
            values["nickname"] = item.nickname
        # Without nickname the channel still may have told a name since.
        label = self._get_label(resolver.channel, item)
        if values:
            self.write(values)
        if item.partner and not item.partner.active:
            item.note("customer_archived", name=item.partner.display_name)
        if item.partner and not item.is_new:
            self._follow_name(item, label)

    def _follow_name(self, item, label):
        """The name of a customer whom the channel named keeps up with it."""
        # Who was there before has the name that people gave them.
        holder = self if item.partner == self.partner_id else item.identity
        written = dict((holder and holder.written) or {})
        if "name" not in written:
            return
        name, last = merge(written["name"], item.partner.name, label, Rule.FOLLOW)
        if name is not KEEP:
            item.partner.name = name
        if last != written["name"]:
            holder.written = {**written, "name": last}

    def _is_ours(self, identity):
        """Whether the channel made the customer of an identity, not a person."""
        self.ensure_one()
        holder = self if identity.partner_id == self.partner_id else identity
        return "name" in (holder.written or {})

    def _get_memory(self):
        """What undoing has to put back besides the customer."""
        self.ensure_one()
        return {"written": self.written}

    def _restore(self, partner, memory):
        """Put back a customer."""
        self.ensure_one()
        self.write({"partner_id": partner.id, "written": memory.get("written")})
