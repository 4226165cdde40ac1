from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.l10n_ar_padron.models.l10n_ar_afip_responsibility_type import (
    RESPONSIBILITY,
)

from ..lib.vouchers import credit_note_code
from .account_journal import PREPRINTED

DOCUMENT = "l10n_latam_document_type_id"
# What Odoo changes the document type for, together with it.
FOLLOWED = {"partner_id", "journal_id", "move_type", "l10n_ar_document_by_hand"}
CUIT_LETTERS = {"A", "M"}


class AccountMove(models.Model):
    """With ``sudo``: the letter follows the customer's data; its columns are the
    server's."""

    _inherit = "account.move"

    l10n_ar_document_by_hand = fields.Boolean(
        "Document Chosen by a Person",
        copy=False,
        readonly=True,
        guard="server",
    )

    def _get_posting_obstacle(self):
        """Also: nothing authorises the voucher whose number it would use up."""
        obstacle = super()._get_posting_obstacle()
        if (
            obstacle
            or self.company_id.account_fiscal_country_id.code != "AR"
            or not self.l10n_latam_use_documents
            or self._l10n_ar_is_authorised()
        ):
            return obstacle
        journal = self.journal_id
        params = {"journal": journal.display_name}
        if journal.l10n_ar_afip_pos_system != PREPRINTED:
            return "cae_outside", params
        return "cai_expired" if journal.l10n_ar_cai else "cai_missing", params

    def _l10n_ar_is_authorised(self):
        """Whether posting leaves a voucher that ARCA has authorised.

        An addon that obtains authorisations (CAE, CAEA) extends it, for the points of
        sale and the kinds of voucher for which it does so.
        """
        self.ensure_one()
        return self.journal_id._l10n_ar_has_cai(
            self.invoice_date or fields.Date.context_today(self)
        )

    @api.depends("reversed_entry_id")
    def _compute_l10n_latam_available_document_types(self):
        return super()._compute_l10n_latam_available_document_types()

    def _get_l10n_latam_documents_domain(self):
        """A credit note is of its invoice's class, whatever the customer is by now."""
        credited = self.reversed_entry_id
        code = self._l10n_ar_is_credit_note() and credit_note_code(
            credited.l10n_latam_document_type_id.code
        )
        if not code:
            return super()._get_l10n_latam_documents_domain()
        return Domain(
            [
                ("code", "=", code),
                (
                    "country_id",
                    "=",
                    credited.company_id.account_fiscal_country_id.id,
                ),
            ]
        )

    def _l10n_ar_is_credit_note(self):
        """Whether it credits an Argentine voucher of the company."""
        credited = self.reversed_entry_id
        return (
            self.move_type == "out_refund"
            and credited.move_type == "out_invoice"
            and credited._l10n_ar_is_fiscal_invoice()
        )

    def _set_afip_responsibility(self):
        """A credit note keeps what the customer was on the invoice."""
        result = super()._set_afip_responsibility()
        for note in self.filtered(lambda move: move._l10n_ar_is_credit_note()):
            credited = note.reversed_entry_id
            if credited.l10n_ar_afip_responsibility_type_id:
                note.l10n_ar_afip_responsibility_type_id = (
                    credited.l10n_ar_afip_responsibility_type_id
                )
        return result

    def write(self, vals):
        """Note that a person chose the document; it does not follow any more."""
        by_hand = self.browse()
        if DOCUMENT in vals and not vals.keys() & FOLLOWED:
            value = vals[DOCUMENT] or False
            by_hand = self.filtered(
                lambda move: move.state == "draft" and move[DOCUMENT].id != value
            )
        result = super().write(vals)
        if by_hand:
            by_hand.sudo().l10n_ar_document_by_hand = True
        return result

    def _l10n_ar_get_fiscal_hold(self):
        """Also: what a channel sold with another letter than the customer's, or to a
        consumer who has to be identified from this amount on."""
        hold = super()._l10n_ar_get_fiscal_hold()
        # A credit note takes back what was invoiced, to whomever.
        if (
            hold
            or self.move_type != "out_invoice"
            or not self._l10n_ar_is_fiscal_invoice()
            or not self.line_ids.sale_line_ids.order_id.sale_channel_id
        ):
            return hold
        return (
            self._l10n_ar_get_letter_hold() or self._l10n_ar_get_identification_hold()
        )

    def _l10n_ar_get_identification_hold(self):
        customer = self.commercial_partner_id
        threshold = customer._l10n_ar_get_missing_identification(
            abs(self.amount_total_signed),
            self.company_id,
            self.invoice_date or fields.Date.context_today(self),
        )
        return threshold and self.env._(
            "%(customer)s has no document, and from %(amount)s ARS on a final consumer "
            "has to be identified on the invoice. Ask the buyer and enter it.",
            customer=customer.display_name,
            amount=f"{threshold:,.0f}",
        )

    def _l10n_ar_get_letter_hold(self):
        """Why the letter is not one for the customer, in the user's language.

        Source: ARCA, WSFEv1: class A is for the responsibilities 1, 6, 13 and 16, and
        its receiver has a CUIT.
        """
        letter = self.l10n_latam_document_type_id.l10n_ar_letter
        # What was posted before has a number, which goes with its letter.
        if not letter or self.posted_before or self.debit_origin_id:
            return False
        customer = self.commercial_partner_id
        documents = self._l10n_ar_get_possible_documents()
        wanted = documents[:1].l10n_ar_letter
        chosen = self.l10n_ar_document_by_hand and letter in documents.mapped(
            "l10n_ar_letter"
        )
        if wanted and letter != wanted and not chosen:
            return self.env._(
                "The invoice has letter %(letter)s, and that of %(customer)s "
                "(%(responsibility)s) is %(wanted)s: choose its document type.",
                letter=letter,
                customer=customer.display_name,
                responsibility=customer[RESPONSIBILITY].display_name or "?",
                wanted=wanted,
            )
        if letter in CUIT_LETTERS and not customer._l10n_ar_get_cuit():
            return self.env._(
                "Letter %(letter)s is for customers with a CUIT, and %(customer)s has "
                "none: enter it, or correct the responsibility.",
                letter=letter,
                customer=customer.display_name,
            )
        return False

    def _l10n_ar_get_possible_documents(self):
        """Document types for the customer as it is now; the usual one comes first."""
        # Odoo does not compute them anew when the responsibility changes.
        self.invalidate_recordset(["l10n_latam_available_document_type_ids"])
        return self.l10n_latam_available_document_type_ids._origin

    def _l10n_ar_get_open_drafts(self):
        """Drafts of invoices that have no number yet."""
        return self.filtered(
            lambda move: (
                move.state == "draft"
                and not move.posted_before
                and move.move_type == "out_invoice"
                and move._l10n_ar_is_fiscal_invoice()
            )
        )

    def _l10n_ar_follow_order(self, order, position, taxes):
        """Give drafts the letter of the customer's responsibility, and what has changed
        on their order; what people wrote on a draft stays.

        :param position: the order's fiscal position before the change
        :param taxes: dict line of the order → its taxes before the change
        """
        drafts = self._l10n_ar_get_open_drafts()
        for move in drafts:
            if move.fiscal_position_id == position != order.fiscal_position_id:
                move.fiscal_position_id = order.fiscal_position_id
        drafts._l10n_ar_follow_letter()
        for line in drafts.invoice_line_ids:
            for sold in line.sale_line_ids.filtered(taxes.get):
                if taxes[sold] != sold.tax_ids:
                    # Perceptions that somebody added are not the order's.
                    line.tax_ids = line.tax_ids - taxes[sold] | sold.tax_ids

    def _l10n_ar_follow_letter(self):
        """Give drafts the usual document when the letter is another one by now.

        Odoo keeps letter B for who is registered for IVA, because it is possible.
        """
        for move in self._l10n_ar_get_open_drafts():
            usual = move._l10n_ar_get_possible_documents()[:1]
            if (
                usual
                and not move.l10n_ar_document_by_hand
                and not move.debit_origin_id
                and usual.l10n_ar_letter != move[DOCUMENT].l10n_ar_letter
            ):
                move.sudo().write(
                    {DOCUMENT: usual.id, "l10n_ar_document_by_hand": False}
                )
