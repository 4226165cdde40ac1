from odoo import fields, models


class SaleChannel(models.Model):
    _inherit = "sale.channel"

    channel_type = fields.Selection(
        selection_add=[
            ("fake", "Fake"),
            ("fake_keys", "Fake with Keys"),
            ("fake_oauth", "Fake with OAuth"),
        ],
        ondelete={
            "fake": "set null",
            "fake_keys": "set null",
            "fake_oauth": "set null",
        },
    )
