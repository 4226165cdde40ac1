from odoo import api, fields, models
from odoo.exceptions import UserError


class PadronConfirmLine(models.TransientModel):
    """With ``sudo``: the decision is the server's to write; who may decide was
    checked."""

    _name = "l10n_ar.padron.confirm.line"
    _description = "Customer of a Confirmation"

    wizard_id = fields.Many2one(
        "l10n_ar.padron.confirm", required=True, ondelete="cascade"
    )
    partner_id = fields.Many2one("res.partner", "Customer", required=True)
    vat = fields.Char("CUIT", related="partner_id.vat", related_sudo=False)
    # What was there when the wizard was opened: a confirmation is about that.
    answer_id = fields.Many2one("partner.registration.finding", readonly=True)
    state = fields.Char(readonly=True)
    legal_name = fields.Char(compute="_compute_facts")
    registry_name = fields.Char("Name at ARCA", compute="_compute_facts")
    origin = fields.Char("Said By", compute="_compute_facts")
    reason_text = fields.Text("ARCA", compute="_compute_facts")
    held_amount = fields.Monetary("Money Held", compute="_compute_facts")
    currency_id = fields.Many2one(related="wizard_id.currency_id")
    responsibility_id = fields.Many2one("l10n_ar.afip.responsibility.type")
    letter = fields.Char(compute="_compute_letter")

    @api.depends("partner_id")
    def _compute_facts(self):
        # Whom a line is about is said over RPC by whoever makes it.
        self.partner_id.check_access("read")
        company, registry = self.env.company, self.env["partner.registry.arca"]
        for line in self:
            partner = line.partner_id.sudo()
            origins = dict(
                partner._fields["l10n_ar_responsibility_origin"]._description_selection(
                    self.env
                )
            )
            line.legal_name = partner[registry._get_name_field()] or partner.name
            line.registry_name = partner.l10n_ar_padron_answer_id.name
            line.origin = origins.get(partner.l10n_ar_responsibility_origin)
            line.reason_text = partner.l10n_ar_padron_text
            line.held_amount = partner._l10n_ar_get_held_amount(company)

    @api.depends("responsibility_id")
    def _compute_letter(self):
        for line in self:
            line.letter = line.responsibility_id._l10n_ar_get_letter(self.env.company)

    def _check(self):
        """:raises UserError: there is nothing to confirm, or something else"""
        partner = self.partner_id.sudo()
        if not self.responsibility_id:
            raise UserError(
                self.env._(
                    "Choose the ARCA responsibility of %(name)s first.",
                    name=partner.display_name,
                )
            )
        same = (partner.l10n_ar_padron_answer_id, partner.l10n_ar_padron_state) == (
            self.answer_id.sudo(),
            self.state,
        )
        if not same or not partner.l10n_ar_fiscal_pending:
            raise UserError(
                self.env._(
                    "The fiscal data of %(name)s have changed meanwhile: look at them "
                    "again.",
                    name=partner.display_name,
                )
            )
