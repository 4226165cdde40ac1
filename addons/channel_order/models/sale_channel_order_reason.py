from odoo import api, fields, models


class SaleChannelOrderReason(models.AbstractModel):
    """The reasons of sync rows, to filter and group by."""

    _name = "sale.channel.order.reason"
    _description = "Channel Orders: reasons for reports"

    reason = fields.Selection(
        "_selection_reason",
        string="Kind of Reason",
        compute="_compute_reason",
        store=True,
        index="btree_not_null",
        help="Why it did not go through, for reports.",
    )

    @api.model
    def _selection_reason(self):
        return self.env["sale.channel.text"]._get_kinds_of_error()

    @api.depends("error_code")
    def _compute_reason(self):
        texts = self.env["sale.channel.text"]
        known = texts._get_errors()
        for row in self:
            key = texts._get_key(row.error_code or "")
            row.reason = (key if key in known else "other") if key else False
