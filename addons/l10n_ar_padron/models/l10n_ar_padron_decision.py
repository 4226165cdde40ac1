from odoo import api, fields, models
from odoo.exceptions import UserError

from .l10n_ar_padron_lookup_mixin import RESPONSIBILITY

KINDS = [
    ("confirmed", "Confirmed"),
    ("consumer", "Consumidor Final with a CUIL"),
    ("taken", "ARCA's responsibility taken"),
]
# What a decision changes on a customer.
CHANGED = (
    RESPONSIBILITY,
    "l10n_ar_responsibility_origin",
    "l10n_latam_identification_type_id",
    "l10n_ar_padron_confirmed_id",
    "l10n_ar_padron_confirmed_at",
    "l10n_ar_padron_differs",
    "l10n_ar_padron_state",
    "l10n_ar_padron_problem",
    "l10n_ar_padron_answer_id",
    "l10n_ar_padron_checked_at",
    "l10n_ar_padron_due_at",
)
# What must still be as the decision left it when it is taken back.
STANDING = (
    RESPONSIBILITY,
    "l10n_latam_identification_type_id",
    "l10n_ar_padron_confirmed_id",
    "l10n_ar_padron_answer_id",
)


class PadronDecision(models.Model):
    """What an accountant decided about a customer's fiscal data; can be undone."""

    _name = "l10n_ar.padron.decision"
    _description = "Decision about Fiscal Data"
    _order = "id desc"
    _rec_name = "kind"

    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="partner_id.company_id", store=True)
    kind = fields.Selection(KINDS, "Decision", required=True)
    user_id = fields.Many2one("res.users", "By", required=True)
    answer_id = fields.Many2one(
        "l10n_ar.padron.answer", "ARCA's Answer", ondelete="restrict"
    )
    before_id = fields.Many2one("l10n_ar.afip.responsibility.type")
    after_id = fields.Many2one("l10n_ar.afip.responsibility.type")
    before = fields.Json("Data Before")
    after = fields.Json("Data After")
    undone_id = fields.Many2one("res.users", "Undone By")
    undone_at = fields.Datetime("Undone On")

    @api.model
    def _record(self, kind, before):
        """Write down what was decided.

        :param before: dict customer → what :meth:`_read` said of it before
        """
        return self.create(
            [
                {
                    "partner_id": partner.id,
                    "kind": kind,
                    "user_id": self.env.uid,
                    "answer_id": partner.l10n_ar_padron_answer_id.id,
                    "before_id": values[RESPONSIBILITY],
                    "after_id": partner[RESPONSIBILITY].id,
                    "before": values,
                    "after": self._read(partner),
                }
                for partner, values in before.items()
            ]
        )

    @api.model
    def _read(self, partner):
        """What a decision changes on a customer, as values for JSON."""
        values = partner._convert_fields_to_values(CHANGED)
        return {
            name: fields.Datetime.to_string(value)
            if partner._fields[name].type == "datetime"
            else value
            for name, value in values.items()
        }

    def action_undo(self):
        """Put the customer's fiscal data back; posted invoices stay as they are.

        :raises AccessError: only who makes invoices may do this
        :raises UserError: something has happened since
        """
        self.ensure_one()
        self.check_access("read")
        partner = self.partner_id._l10n_ar_as_accountant()
        partner.lock_for_update()
        decision = self.sudo()
        now = self._read(partner)
        newer = self.sudo().search_count(
            [
                ("partner_id", "=", partner.id),
                ("id", ">", decision.id),
                ("undone_id", "=", False),
            ],
            limit=1,
        )
        if decision.undone_id or newer:
            raise UserError(self.env._("Only the last decision can be undone."))
        if any(now[name] != decision.after.get(name) for name in STANDING):
            raise UserError(
                self.env._(
                    "The fiscal data of %(name)s have changed since: change them by "
                    "hand.",
                    name=partner.display_name,
                )
            )
        partner._l10n_ar_restore(decision.before, now)
        decision.write({"undone_id": self.env.uid, "undone_at": fields.Datetime.now()})
        partner._message_log(
            body=self.env._(
                "The decision about the fiscal data was undone: %(kind)s.",
                kind=dict(self._fields["kind"]._description_selection(self.env))[
                    decision.kind
                ],
            )
        )
        return {"type": "ir.actions.client", "tag": "soft_reload"}
