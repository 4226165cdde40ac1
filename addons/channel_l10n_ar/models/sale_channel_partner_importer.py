from odoo import api, models

from odoo.addons.channel_partner.lib.identity import number_key
from odoo.addons.l10n_ar_padron.models.l10n_ar_afip_responsibility_type import (
    RESPONSIBILITY,
)

from .sale_channel_partner_lookup import CONSUMER

# Problem of customers of whom a broken document is all that is known
DOCUMENT_INVALID = ["document_invalid", ""]


class SaleChannelPartnerImporter(models.AbstractModel):
    """Also settles the fiscal data of Argentine customers, so that their orders find
    them."""

    _inherit = "sale.channel.partner.importer"

    @api.model
    def _create_own_customer(self, buyer, identity):
        """Also have the customer looked up, although no order brings them."""
        partner = super()._create_own_customer(buyer, identity)
        company = buyer.company_id or self.env.company
        if company.account_fiscal_country_id.code == "AR":
            partner.with_company(company).filtered(
                lambda customer: customer._l10n_ar_get_cuit()
            )._l10n_ar_padron_expect()
        return partner

    @api.model
    def _upsert_round(self, batch, items):
        result = super()._upsert_round(batch, items)
        lookup = self.env["sale.channel.partner.lookup"]
        # A contact of a company has the company's fiscal data.
        self._l10n_ar_settle(
            batch,
            [
                item
                for item in items
                if item.partner
                and item.partner.commercial_partner_id == item.partner
                and lookup._l10n_ar_applies(batch, item)
            ],
        )
        return result

    @api.model
    def _l10n_ar_settle(self, batch, items):
        """Bring the fiscal data of customers up to date.

        :param items: those of commercial customers
        """
        lookup, partners = self.env["sale.channel.partner.lookup"], {}
        findings = lookup._l10n_ar_find_findings(batch, items)
        # In one query: an item's customer would be read alone.
        customers = self.env["res.partner"].browse([item.partner.id for item in items])
        customers.l10n_ar_registration_id.mapped("state")
        for item in items:
            self._l10n_ar_follow_channel(batch, item)
            change = self._l10n_ar_get_change(batch, item)
            partners.setdefault(change, self.env["res.partner"])
            partners[change] |= item.partner
        nobody = self.env["res.partner"]
        partners.get("answered", nobody)._l10n_ar_padron_apply(findings)
        partners.get("unknown", nobody)._l10n_ar_padron_expect()
        partners.get("doubtful", nobody)._l10n_ar_set_doubt(DOCUMENT_INVALID)
        mended = partners.get("mended", nobody)
        mended._l10n_ar_set_doubt(None)
        mended._l10n_ar_on_fiscal_settled()

    @api.model
    def _l10n_ar_get_change(self, batch, item):
        """What is new about a customer: ``answered`` by ARCA, ``unknown`` to it,
        ``doubtful``, ``mended``, or "" when nothing is."""
        lookup, partner = self.env["sale.channel.partner.lookup"], item.partner
        number = lookup._l10n_ar_get_cuit(item)
        if number and partner._l10n_ar_get_cuit() == number:
            finding = lookup._l10n_ar_find_findings(batch, [item]).get(number)
            if finding:
                return "answered" if self._l10n_ar_is_news(partner, finding) else ""
            return "unknown" if self._l10n_ar_is_unknown(batch, partner) else ""
        if self._l10n_ar_is_doubtful(batch, item):
            return "doubtful"
        return "mended" if self._l10n_ar_is_mended(item) else ""

    @api.model
    def _l10n_ar_is_news(self, partner, finding):
        return (
            partner.l10n_ar_padron_answer_id != finding
            or partner.l10n_ar_padron_checked_at != finding.checked_at
        )

    @api.model
    def _l10n_ar_is_unknown(self, batch, partner):
        """Whether ARCA is still to be asked about a customer with a CUIT.

        Without a certificate it is enough to have noted that once.
        """
        company = batch.channel.company_id or self.env.company
        return not partner.l10n_ar_padron_state and bool(
            company.l10n_ar_arca_certificate_id or not partner.l10n_ar_padron_due_at
        )

    @api.model
    def _l10n_ar_is_doubtful(self, batch, item):
        """Whether all that is known of a customer is a broken document, of somebody
        who is no consumer."""
        checked, partner = item.document, item.partner
        lookup = self.env["sale.channel.partner.lookup"]
        return (
            bool(checked and checked.problem)
            and not partner.vat
            and not partner.l10n_ar_padron_state
            and (
                not partner[RESPONSIBILITY]
                or partner.l10n_ar_responsibility_origin == "channel"
            )
            and lookup._l10n_ar_get_responsibility(batch, item)
            != lookup._l10n_ar_get_by_code(batch, CONSUMER)
        )

    @api.model
    def _l10n_ar_is_mended(self, item):
        """Whether a right document came after a broken one."""
        partner = item.partner
        return (
            partner.l10n_ar_padron_problem == DOCUMENT_INVALID
            and bool(partner.vat)
            and self._l10n_ar_is_about(item)
        )

    @api.model
    def _l10n_ar_is_about(self, item):
        """Whether the channel speaks of the document that the customer has, if any."""
        checked, partner = item.document, item.partner
        if not partner.vat:
            return True
        return bool(checked) and partner.document_key == number_key(checked.number)

    @api.model
    def _l10n_ar_follow_channel(self, batch, item):
        """Fill an empty responsibility, or renew one that the channel told and no
        accountant confirmed.

        What it tells of another document than the customer's says nothing about them.
        """
        if not item.is_told and item.identity:
            return
        lookup, partner = self.env["sale.channel.partner.lookup"], item.partner
        origin = partner.l10n_ar_responsibility_origin
        current = partner[RESPONSIBILITY]
        if current and (origin != "channel" or partner.l10n_ar_padron_confirmed_id):
            return
        if self._l10n_ar_is_about(item):
            wanted = lookup._l10n_ar_get_responsibility(batch, item)
        elif current or partner._l10n_ar_get_cuit():
            return
        else:
            wanted = lookup._l10n_ar_get_by_code(batch, CONSUMER)
        if wanted and wanted != current:
            partner.write(
                {
                    RESPONSIBILITY: wanted.id,
                    "l10n_ar_responsibility_origin": "channel",
                }
            )
