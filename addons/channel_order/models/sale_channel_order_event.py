from odoo import api, fields, models


class SaleChannelOrderEvent(models.Model):
    """One sentence of an order's story, told in the reader's language."""

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
        rows = self.env["sale.channel.order"]
        texts = {
            **rows._get_error_reasons(),
            **self.env["sale.channel.partner"]._get_note_texts(),
            **self._get_messages(),
        }
        for event in self:
            event.message = rows._format_reason(texts, event.code, event.params or {})

    @api.model
    def _get_messages(self):
        """Event code → sentence with ``%(name)s`` parameters."""
        return {
            "new": self.env._("Received from the channel."),
            "changed": self.env._("The channel changed it."),
            "imported": self.env._("Imported as %(order)s."),
            "wait": self.env._("Waits: its status is “%(status)s”."),
            "ignore": self.env._("Left alone: its status is “%(status)s”."),
            "cancel": self.env._("Cancelled on the channel (status “%(status)s”)."),
            "cancelled_order": self.env._("%(order)s was cancelled."),
            "cancel_review": self.env._(
                "%(order)s is already delivered or invoiced: decide what to do."
            ),
            "review_lines": self.env._(
                "The channel changed the products of %(order)s: decide what to do."
            ),
            "review_total": self.env._(
                "The channel changed the total of %(order)s: decide what to do."
            ),
            "review_fraud": self.env._(
                "The channel warns of fraud: do not ship %(order)s, cancel the sale."
            ),
            "review_deleted": self.env._(
                "Its sale order was deleted in Odoo, and the channel changed it. "
                "“Fetch again” imports it anew."
            ),
            "default_used": self.env._(
                "“%(label)s” is not mapped: the channel's default %(default)s was used."
            ),
            "moved": self.env._("The channel put it into cart %(cart)s."),
            "retried": self.env._("Retried by %(user)s."),
            "updated": self.env._(
                "Its data on the channel changed; the order was left as it is."
            ),
        }
