from odoo import api, fields, models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    """With ``sudo``: the invoice keeps what decided its letter, whoever posts it."""

    _name = "account.move"
    _inherit = ["account.move", "field.guard.mixin"]

    l10n_ar_padron_answer_id = fields.Many2one(
        "partner.registration.finding",
        "ARCA's Answer",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The answer of ARCA's registry that was in force at posting.",
        guard="server",
    )
    l10n_ar_padron_checked_at = fields.Datetime(
        "Asked On", copy=False, readonly=True, guard="server"
    )
    l10n_ar_responsibility_origin = fields.Char(
        "Responsibility By",
        copy=False,
        readonly=True,
        guard="server",
    )
    l10n_ar_letter_reason = fields.Text(
        "Why This Letter", compute="_compute_l10n_ar_letter_reason"
    )

    @api.depends(
        "state",
        "commercial_partner_id",
        "l10n_latam_document_type_id",
        "l10n_ar_padron_answer_id",
        "l10n_ar_responsibility_origin",
    )
    @api.depends_context("lang")
    def _compute_l10n_ar_letter_reason(self):
        for move in self:
            move.l10n_ar_letter_reason = (
                move._l10n_ar_explain_letter()
                if move._l10n_ar_is_fiscal_invoice()
                else False
            )

    def _l10n_ar_is_fiscal_invoice(self):
        return (
            self.is_sale_document()
            and self.company_id.account_fiscal_country_id.code == "AR"
            and self.l10n_latam_use_documents
        )

    def _l10n_ar_explain_letter(self):
        """Seller, buyer, letter, and who said so; as posted, or as it is now."""
        self.ensure_one()
        partner = self.commercial_partner_id
        posted = self.state == "posted"
        source = self if posted else partner
        buyer = (
            self.l10n_ar_afip_responsibility_type_id
            if posted
            else partner.l10n_ar_afip_responsibility_type_id
        )
        seller = self.company_id.l10n_ar_afip_responsibility_type_id
        lines = [
            self.env._(
                "%(seller)s sells to %(buyer)s: letter %(letter)s.",
                seller=seller.display_name or "?",
                buyer=buyer.display_name or "?",
                letter=self.l10n_latam_document_type_id.l10n_ar_letter or "?",
            )
        ]
        origin = source.l10n_ar_responsibility_origin
        labels = dict(
            partner._fields["l10n_ar_responsibility_origin"]._description_selection(
                self.env
            )
        )
        if origin:
            lines.append(
                self.env._(
                    "Responsibility by: %(origin)s.", origin=labels.get(origin, origin)
                )
            )
        answer = source.sudo().l10n_ar_padron_answer_id
        if answer:
            asked = fields.Datetime.context_timestamp(
                self, source.l10n_ar_padron_checked_at or answer.checked_at
            )
            lines.append(
                self.env._(
                    "ARCA's registry, asked on %(date)s about %(number)s:",
                    date=asked.strftime("%Y-%m-%d %H:%M"),
                    number=answer.number,
                )
            )
            lines.append(answer.reason_text)
        return "\n".join(lines)

    def _l10n_ar_get_fiscal_hold(self):
        """Why the invoice may not be posted yet, in the user's language; else False."""
        self.ensure_one()
        partner = self.commercial_partner_id
        # A credit note has the letter of the invoice that it corrects.
        if (
            self.move_type != "out_invoice"
            or not self._l10n_ar_is_fiscal_invoice()
            or not self.company_id.l10n_ar_padron_hold_invoices
            or not partner.l10n_ar_fiscal_pending
        ):
            return False
        return self.env._(
            "The fiscal data of %(customer)s are not settled, so the letter of the "
            "invoice could be wrong. Ask ARCA again, or have an accountant confirm "
            "them on the customer.\n%(reasons)s",
            customer=partner.display_name,
            reasons=partner.l10n_ar_padron_text or "",
        )

    def _post(self, soft=True):
        """Post; what decided the letter is kept with the invoice.

        :raises UserError: the customer's fiscal data are not settled
        """
        for move in self:
            if reason := move._l10n_ar_get_fiscal_hold():
                raise UserError(reason)
        posted = super()._post(soft)
        for move in posted.filtered(lambda move: move._l10n_ar_is_fiscal_invoice()):
            partner = move.commercial_partner_id
            answer = partner.sudo().l10n_ar_padron_answer_id
            move.sudo().write(
                {
                    "l10n_ar_padron_answer_id": answer.id,
                    "l10n_ar_padron_checked_at": partner.l10n_ar_padron_checked_at,
                    "l10n_ar_responsibility_origin": (
                        partner.l10n_ar_responsibility_origin
                    ),
                }
            )
        return posted
