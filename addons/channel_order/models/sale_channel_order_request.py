from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.channel_base.lib.errors import reason

MAX_NUMBERS = 500


class SaleChannelOrderRequest(models.Model):
    """A period whose orders somebody wants from the channel.

    Worked on by the orders flow like its own search, page by page.

    With ``sudo``: the inbox is the server's.
    """

    _name = "sale.channel.order.request"
    _description = "Request for Orders of a Period"
    _order = "id desc"
    _rec_name = "channel_id"

    channel_id = fields.Many2one(
        "sale.channel", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="channel_id.company_id")
    date_from = fields.Datetime("From", required=True)
    date_to = fields.Datetime("To", required=True)
    cursor = fields.Json(help="Where the search goes on, and in which account.")
    error_code = fields.Char()
    error_params = fields.Json()
    error_message = fields.Char("Reason", compute="_compute_error_message")
    done = fields.Boolean(index=True)
    found_count = fields.Integer("Found", aggregator=None)

    _period = models.Constraint(
        "CHECK (date_from < date_to)", "The period must not be empty."
    )

    @api.depends("error_code", "error_params")
    @api.depends_context("lang")
    def _compute_error_message(self):
        texts = self.env["sale.channel.text"]
        for request in self:
            request.error_message = texts._format(
                request.error_code, request.error_params
            )

    def _get_position(self, scope):
        """Where to go on: the provider's cursor, empty in another account; the start.

        :param scope: account and environment that are searched
        """
        self.ensure_one()
        stored = self.cursor or {}
        if stored.get("scope") != scope:
            stored = {"scope": scope, "position": {}}
            self.cursor = stored
        return stored["position"], self.date_from

    def _end(self, error):
        """The channel refuses the wish."""
        code, params = reason(error)
        self.write({"done": True, "error_code": code, "error_params": params})

    def _receive_page(self, page):
        """Store what of a page lies in the period; how many rows have news."""
        self.ensure_one()
        wanted = [
            reference
            for reference in page.references
            if reference.placed_at
            and self.date_from <= reference.placed_at <= self.date_to
        ]
        receiver = self.env["sale.channel.order.receiver"]
        receiver = receiver.with_context(channel_requested=True)
        rows = receiver._receive(self.channel_id, wanted)
        self.write(
            {
                "cursor": {**(self.cursor or {}), "position": page.cursor},
                "done": not page.more,
                "found_count": self.found_count + len(wanted),
            }
        )
        return len(rows)

    @api.model
    def _request_numbers(self, channel, numbers):
        """Have orders fetched by their numbers, whenever they were placed.

        :param numbers: the channel's ids of carts or orders
        :return: the inbox rows
        :raises UserError: too many
        """
        if len(numbers) > MAX_NUMBERS:
            raise UserError(
                self.env._("At most %(limit)s orders at a time.", limit=MAX_NUMBERS)
            )
        orders = self.env["sale.channel.order"].sudo()
        present = orders.search(
            [("channel_id", "=", channel.id), ("external_id", "in", list(numbers))]
        )
        present.requested = True
        present.action_fetch_again()
        missing = set(numbers) - set(present.mapped("external_id"))
        created = self.env["sale.channel.order.life"]._begin(
            orders,
            "requested",
            [
                {
                    "channel_id": channel.id,
                    "external_id": number,
                    "number": number,
                    "requested": True,
                }
                for number in sorted(missing)
            ],
            user=self.env.user.name,
        )
        channel._wake_flows(["orders_in"])
        return present | created
