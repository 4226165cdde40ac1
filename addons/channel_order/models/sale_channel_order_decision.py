from odoo import fields, models


class SaleChannelOrderDecision(models.Model):
    """What to do with an order in a given status; the target of its de-para."""

    _name = "sale.channel.order.decision"
    _description = "Decision about a Channel Order"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Selection(
        [
            ("import", "Import"),
            ("reserve", "Reserve"),
            ("wait", "Wait"),
            ("ignore", "Ignore"),
            ("cancel", "Cancel"),
        ],
        required=True,
    )
    sequence = fields.Integer(default=10)

    _code_uniq = models.Constraint("UNIQUE (code)", "There is one row per decision.")
