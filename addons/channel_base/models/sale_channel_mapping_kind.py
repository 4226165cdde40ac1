from odoo import api, fields, models


class SaleChannelMappingKind(models.Model):
    _name = "sale.channel.mapping.kind"
    _description = "Kind of De-para"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, index=True)
    sequence = fields.Integer(default=10)
    model_id = fields.Many2one(
        "ir.model",
        "Odoo Record",
        required=True,
        ondelete="cascade",
        help="What a value of this kind is in Odoo.",
    )
    model = fields.Char(related="model_id.model")
    two_way = fields.Boolean(
        help="Values of this kind are also sent to the channel, not only received."
    )

    _code_uniq = models.Constraint("UNIQUE (code)", "This kind already exists.")

    @api.model
    def _get_by_code(self, code):
        """The kind (sudo) of a code that an addon has declared.

        :raises ValueError: no addon has; a mistake of the code that asks
        """
        kind = self.sudo().search([("code", "=", code)], limit=1)
        if not kind:
            raise ValueError(f"there is no kind of de-para {code!r}")
        return kind
