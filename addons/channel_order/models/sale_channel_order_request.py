from odoo import api, fields, models
from odoo.exceptions import UserError

MAX_NUMBERS = 500


class SaleChannelOrderRequest(models.Model):
    """A period whose orders somebody wants from the channel.

    Worked on by the orders flow like its own search, page by page.
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
    cursor = fields.Json()
    done = fields.Boolean(index=True)
    found_count = fields.Integer("Found", aggregator=None)

    _period = models.Constraint(
        "CHECK (date_from < date_to)", "The period must not be empty."
    )

    def _receive_page(self, page):
        """Store what of a page lies in the period; how many rows have news."""
        self.ensure_one()
        wanted = [
            reference
            for reference in page.references
            if reference.placed_at
            and self.date_from <= reference.placed_at <= self.date_to
        ]
        orders = self.env["sale.channel.order"].with_context(channel_requested=True)
        rows = orders._receive(self.channel_id, wanted)
        self.write(
            {
                "cursor": page.cursor,
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
        created = orders.create(
            [
                {
                    "channel_id": channel.id,
                    "external_id": number,
                    "number": number,
                    "requested": True,
                }
                for number in sorted(missing)
            ]
        )
        created._tell("received", "requested", user=self.env.user.name)
        channel._wake_flows(["orders_in"])
        return present | created
