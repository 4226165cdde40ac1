from odoo import api, fields, models

from ..tools.products import PRODUCT

ACTIONS = [
    ("create", "Create"),
    ("change", "Change"),
    ("hide", "Hide"),
    ("unavailable", "Make unavailable"),
    ("remove", "Remove"),
    ("skip", "Skip"),
]


class SaleChannelDryRunLine(models.Model):
    """What a run would do with one record."""

    _name = "sale.channel.dry.run.line"
    _description = "What Would Be Sent to a Sales Channel"
    _log_access = False
    _order = "id"

    dry_run_id = fields.Many2one(
        "sale.channel.dry.run", required=True, index=True, ondelete="cascade"
    )
    channel_id = fields.Many2one("sale.channel", required=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", ondelete="cascade")
    row_model = fields.Char("Family", required=True)
    kind = fields.Selection("_selection_kind")
    kind_name = fields.Char("Kind of Record", compute="_compute_kind_name")
    res_id = fields.Integer(
        "Record ID", help="Empty for a record that the run would make."
    )
    name = fields.Char("Record")
    product_id = fields.Many2one("product.product", ondelete="set null")
    external_id = fields.Char("External ID")
    action = fields.Selection(ACTIONS, required=True)
    changes = fields.Json(
        "Values", help="For each field its name, what it was and what it becomes."
    )
    changes_text = fields.Text("Changes", compute="_compute_changes_text")
    error_code = fields.Char("Reason Code")
    error_params = fields.Json()
    error_message = fields.Char("Reason", compute="_compute_error_message")

    note_code = fields.Char()
    note_params = fields.Json()
    note = fields.Text(
        "Remark", compute="_compute_note", help="What to know before it is sent."
    )

    _action_idx = models.Index("(dry_run_id, action, kind)")

    @api.model
    def _selection_kind(self):
        return self.env["sale.channel.outgoing"]._selection_kind()

    @api.depends("row_model", "kind")
    @api.depends_context("lang")
    def _compute_kind_name(self):
        get_label = self.env["sale.channel.outgoing"]._get_kind_label
        for line in self:
            line.kind_name = (
                get_label(line.row_model, line.kind)
                if line.kind
                else self.env["ir.model"]._get(PRODUCT).name
            )

    @api.depends("changes")
    @api.depends_context("lang")
    def _compute_changes_text(self):
        for line in self:
            rows = self.env.get(line.row_model)
            texts = []
            for key, *values in line.changes or () if rows is not None else ():
                old, new = (rows._format_value(line.kind, key, v) for v in values)
                label = rows._get_label(line.kind, key)
                texts.append(f"{label}: {old} → {new}")
            line.changes_text = "\n".join(texts)

    @api.depends("note_code", "note_params")
    @api.depends_context("lang")
    def _compute_note(self):
        texts = self.env["sale.channel.text"]
        for line in self:
            line.note = texts._format(line.note_code, line.note_params)

    @api.depends("error_code", "error_params")
    @api.depends_context("lang")
    def _compute_error_message(self):
        texts = self.env["sale.channel.text"]
        for line in self:
            line.error_message = texts._format(line.error_code, line.error_params)
