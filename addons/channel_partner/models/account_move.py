from odoo import api, fields, models


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "field.guard.mixin"]

    partner_legal_name = fields.Char(
        "Legal Name",
        compute="_compute_partner_legal_name",
        store=True,
        copy=False,
        help="Printed as the customer's name. It follows the customer until the "
        "invoice is posted.",
        guard="server",
    )

    @api.depends("state", "move_type", "commercial_partner_id.legal_name")
    def _compute_partner_legal_name(self):
        for move in self:
            if move.state == "draft":
                move.partner_legal_name = (
                    move.is_sale_document(include_receipts=True)
                    and move.commercial_partner_id.legal_name
                )
            else:
                # What was posted says who was invoiced, whatever they are called now.
                move.partner_legal_name = move.partner_legal_name

    def _post(self, soft=True):
        # What is not computed yet must be before the invoice stops being a draft.
        self._recompute_recordset(["partner_legal_name"])
        return super()._post(soft)
