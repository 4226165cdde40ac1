from odoo import fields, models

FAKES = {"fake": "Fake", "fake_keys": "Fake with Keys", "fake_oauth": "Fake with OAuth"}


class SaleChannel(models.Model):
    _inherit = "sale.channel"

    channel_type = fields.Selection(
        selection_add=list(FAKES.items()), ondelete=dict.fromkeys(FAKES, "set null")
    )
