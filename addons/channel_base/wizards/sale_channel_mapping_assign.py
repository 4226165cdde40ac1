from odoo import api, fields, models
from odoo.exceptions import UserError


class SaleChannelMappingAssign(models.TransientModel):
    _name = "sale.channel.mapping.assign"
    _description = "Map several values to one record"

    mapping_ids = fields.Many2many("sale.channel.mapping", required=True)
    kind_id = fields.Many2one("sale.channel.mapping.kind", required=True)
    res_model = fields.Char(related="kind_id.model_id.model")
    record_ref = fields.Reference(
        lambda self: self.env["sale.channel.mapping"]._selection_record_ref(),
        "Odoo Record",
    )

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        mappings = self.env["sale.channel.mapping"].browse(
            self.env.context.get("active_ids", [])
        )
        if len(mappings.kind_id) != 1:
            raise UserError(self.env._("Choose values of one kind."))
        values.update(
            mapping_ids=[fields.Command.set(mappings.ids)], kind_id=mappings.kind_id.id
        )
        return values

    def action_assign(self):
        """Map them all, which also retries what waited."""
        self.ensure_one()
        if not self.record_ref:
            raise UserError(self.env._("Choose the record to map the values to."))
        self.mapping_ids.write(
            {"record_ref": f"{self.record_ref._name},{self.record_ref.id}"}
        )
        return {"type": "ir.actions.act_window_close"}
