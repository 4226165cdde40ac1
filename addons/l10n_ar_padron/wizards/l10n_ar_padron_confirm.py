from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..models.l10n_ar_padron_lookup_mixin import RESPONSIBILITY


class PadronConfirm(models.TransientModel):
    """Shows what an accountant is about to confirm against ARCA, or without it."""

    _name = "l10n_ar.padron.confirm"
    _description = "Confirmation of Fiscal Data"

    line_ids = fields.One2many("l10n_ar.padron.confirm.line", "wizard_id", "Customers")
    currency_id = fields.Many2one(
        "res.currency", default=lambda self: self.env.company.currency_id
    )
    held_amount = fields.Monetary("Money Held", compute="_compute_held_amount")

    @api.depends("line_ids.held_amount")
    def _compute_held_amount(self):
        for wizard in self:
            wizard.held_amount = sum(wizard.line_ids.mapped("held_amount"))

    @api.model
    def _open(self, partners):
        """The wizard for customers whose fiscal data are not settled.

        :param partners: with all rights, see ``_l10n_ar_as_accountant``
        :raises UserError: there are none
        """
        pending = partners.filtered("l10n_ar_fiscal_pending")
        if not pending:
            raise UserError(self.env._("These fiscal data are settled already."))
        wizard = self.create(
            {
                "line_ids": [
                    Command.create(
                        {
                            "partner_id": partner.id,
                            "responsibility_id": partner[RESPONSIBILITY].id,
                            "answer_id": partner.l10n_ar_padron_answer_id.id,
                            "state": partner.l10n_ar_padron_state,
                        }
                    )
                    for partner in pending
                ]
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Confirm Fiscal Data"),
            "res_model": self._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def action_confirm(self):
        """Let the invoices of these customers go out.

        :raises AccessError: only who makes invoices may do this
        :raises UserError: a customer has no responsibility, or ARCA has answered since
        """
        self.ensure_one()
        for line in self.line_ids:
            line._check()
        partners = self.line_ids.partner_id._l10n_ar_as_accountant()
        with partners._l10n_ar_deciding("confirmed"):
            for line in self.line_ids:
                partner = line.partner_id.sudo()
                if partner[RESPONSIBILITY] != line.responsibility_id:
                    partner[RESPONSIBILITY] = line.responsibility_id
            partners._l10n_ar_padron_confirm()
        return {"type": "ir.actions.client", "tag": "soft_reload"}


class PadronConfirmLine(models.TransientModel):
    _name = "l10n_ar.padron.confirm.line"
    _description = "Customer of a Confirmation"

    wizard_id = fields.Many2one(
        "l10n_ar.padron.confirm", required=True, ondelete="cascade"
    )
    partner_id = fields.Many2one("res.partner", "Customer", required=True)
    vat = fields.Char("CUIT", related="partner_id.vat")
    # What was there when the wizard was opened: a confirmation is about that.
    answer_id = fields.Many2one("l10n_ar.padron.answer", readonly=True)
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
        company = self.env.company
        for line in self:
            partner = line.partner_id.sudo()
            origins = dict(
                partner._fields["l10n_ar_responsibility_origin"]._description_selection(
                    self.env
                )
            )
            line.legal_name = partner[partner._l10n_ar_get_name_field()] or partner.name
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
