from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..models.l10n_ar_afip_responsibility_type import RESPONSIBILITY


class PadronConfirm(models.TransientModel):
    """Shows what an accountant is about to confirm against ARCA, or without it.

    With ``sudo``: the decision is the server's to write; who may decide was checked.
    """

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
        decisions = self.env["l10n_ar.padron.decision"]
        with decisions._deciding("confirmed", partners):
            for line in self.line_ids:
                partner = line.partner_id.sudo()
                if partner[RESPONSIBILITY] != line.responsibility_id:
                    partner[RESPONSIBILITY] = line.responsibility_id
            decisions._confirm(partners)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
