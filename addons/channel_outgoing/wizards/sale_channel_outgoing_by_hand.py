from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.channel_base.tools.client import RELOAD


class SaleChannelOutgoingByHand(models.TransientModel):
    """Asks for the channel's id of a record that a person made there."""

    _name = "sale.channel.outgoing.by.hand"
    _description = "Channel's ID of What Was Made by Hand"

    row_model = fields.Char("Family", required=True, readonly=True)
    row_id = fields.Many2oneReference(
        model_field="row_model", required=True, readonly=True
    )
    name = fields.Char("Record", readonly=True)
    external_id = fields.Char("External ID")

    @api.model
    def _open(self, row):
        """The dialog for one row that is done by hand."""
        dialog = self.create(
            {"row_model": row._name, "row_id": row.id, "name": row.name}
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Done by Hand"),
            "res_model": self._name,
            "res_id": dialog.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_done(self):
        """Keep the id, and send what waited for it.

        :raises AccessError: the user may not see the row, or is no channel user
        :raises UserError: there is nothing to do by hand any more
        """
        self.ensure_one()
        families = self.env["sale.channel.outgoing"]._get_families()
        rows = self.env[self.row_model] if self.row_model in families else None
        row = rows is not None and rows.browse(self.row_id).exists()
        if row:
            row._check_operator()
        if not row or row.sync_state != "by_hand":
            raise UserError(self.env._("There is nothing to do by hand any more."))
        external_id = (self.external_id or "").strip()
        if not external_id:
            raise UserError(self.env._("Tell the ID that the channel gave it."))
        row.sudo().external_id = external_id
        row.action_done_by_hand()
        return RELOAD
