from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.channel_base.tools.client import RELOAD


class SaleChannelOutgoingByHand(models.TransientModel):
    """Asks for the channel's id of a record that a person made there.

    With ``sudo``: rows of the outbox are the server's; who may settle one was checked.
    """

    _name = "sale.channel.outgoing.by.hand"
    _description = "Channel's ID of What Was Made by Hand"

    row_model = fields.Char("Family", required=True, readonly=True)
    row_id = fields.Many2oneReference(
        model_field="row_model", required=True, readonly=True
    )
    name = fields.Char("Record", readonly=True)
    external_id = fields.Char("External ID")

    @api.model
    def _settle(self, rows):
        """Keep that the channel has what rows want, or ask for its id of a record.

        :return: a dialog if an id has to be told
        :raises UserError: what a row names is not there yet, or several ids are missing
        """
        asked = rows.filtered(self._lacks_external_id)
        if not asked:
            self._store(rows.sudo())
            return True
        if len(rows) > 1:
            raise UserError(
                self.env._(
                    "The channel's ID is needed, one by one, of %(names)s.",
                    names=", ".join(name or "" for name in asked.mapped("name")),
                )
            )
        return self._open(asked)

    @api.model
    def _lacks_external_id(self, row):
        """Whether others name the record, and nobody knows the channel's id of it."""
        kind = row._get_kind()
        named = kind.created and kind.code in row._outgoing_family.named
        return named and row.operation == "put" and not row.external_id

    @api.model
    def _store(self, rows):
        for channel, some in rows.grouped("channel_id").items():
            entries = some._get_entries()
            for row in some:
                if row.reference not in entries:
                    raise UserError(
                        self.env._(
                            "What %(name)s names is not on the channel yet.",
                            name=row.name,
                        )
                    )
                row._store_sent(entries[row.reference].content, row.external_id)
            self.env["sale.channel.outgoing.queue"]._release_waiting(some)
            channel._wake_flows(rows._get_flow_kinds())

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
