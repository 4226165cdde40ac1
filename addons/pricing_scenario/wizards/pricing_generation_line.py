from odoo import fields, models


class PricingGenerationLine(models.TransientModel):
    """How many rows of a kind would be created, changed, archived or restored."""

    _name = "pricing.generation.line"
    _description = "Change by Generating Pricelists"

    wizard_id = fields.Many2one("pricing.generation", required=True, ondelete="cascade")
    kind = fields.Selection(
        [
            ("group", "Channel Groups"),
            ("pricelist", "Pricelists"),
            ("rule", "Pricelist Rules"),
            ("contract", "Contracts"),
        ],
        "What",
        readonly=True,
    )
    action = fields.Selection(
        [
            ("create", "Created"),
            ("change", "Changed"),
            ("archive", "Archived"),
            ("revive", "Restored"),
        ],
        "Change",
        readonly=True,
    )
    count = fields.Integer("How Many", readonly=True)
    names = fields.Text("Where", readonly=True)
