import re

from odoo import api, fields, models

PARAMETER = re.compile(r"%\(\w+\)s")


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
        """The reasons without what is particular to one order."""
        reasons = self._get_error_reasons()
        return [
            *((code, self._shorten(reasons[code])) for code in sorted(reasons)),
            ("other", self.env._("Another reason")),
        ]

    @api.model
    def _shorten(self, text):
        """The first sentence of a reason, with dots for its parameters."""
        return PARAMETER.sub("…", text).split(". ")[0].rstrip(".")[:100]

    @api.depends("error_code")
    def _compute_reason(self):
        known = self._get_error_reasons()
        for row in self:
            code = row.error_code
            if code and code.startswith("http_"):
                code = "http"
            row.reason = code if not code or code in known else "other"
