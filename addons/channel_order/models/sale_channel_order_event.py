from odoo import api, fields, models


class SaleChannelOrderEvent(models.Model):
    """One sentence of an order's story, told in the reader's language.

    With ``sudo``: the story is the server's to tell.
    """

    _name = "sale.channel.order.event"
    _description = "Story of a Channel Order"
    _order = "id"
    _rec_name = "code"

    order_id = fields.Many2one(
        "sale.channel.order", required=True, index=True, ondelete="cascade"
    )
    date = fields.Datetime(default=fields.Datetime.now, required=True)
    kind = fields.Selection(
        [
            ("received", "Received"),
            ("decided", "Decided"),
            ("sent", "Sent"),
            ("answered", "Answered"),
        ],
        required=True,
    )
    code = fields.Char(required=True)
    params = fields.Json()
    message = fields.Char(compute="_compute_message")

    @api.depends("code", "params")
    @api.depends_context("lang")
    def _compute_message(self):
        texts = self.env["sale.channel.text"]
        for event in self:
            event.message = texts._format(event.code, event.params)

    @api.model
    def _tell(self, sentences):
        """Add sentences to the stories of many rows at once.

        :param sentences: list of (inbox row, kind, code, params); see the row's
            ``_tell``
        """
        self.sudo().create(
            [
                {
                    "order_id": row.id,
                    "kind": kind,
                    "code": code,
                    "params": {key: str(value) for key, value in params.items()},
                }
                for row, kind, code, params in sentences
            ]
        )
