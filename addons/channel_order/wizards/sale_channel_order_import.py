import re
from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.channel_base.tools.client import CLOSE, notification

NUMBER_LIMIT = 64


class SaleChannelOrderImport(models.TransientModel):
    """Fetch chosen orders, or those of a period, whatever the channel's start date.

    With ``sudo``: requests are the server's; who may ask was checked.
    """

    _name = "sale.channel.order.import"
    _description = "Import Orders from a Sales Channel"

    channel_id = fields.Many2one("sale.channel", required=True)
    mode = fields.Selection(
        [("numbers", "These orders"), ("period", "All of a period")],
        default="numbers",
        required=True,
    )
    numbers = fields.Text(help="Separated by spaces, commas or lines.")
    date_from = fields.Datetime(
        "From", default=lambda self: fields.Datetime.now() - timedelta(days=7)
    )
    date_to = fields.Datetime("To", default=fields.Datetime.now)

    def action_import(self):
        """Note what is wanted and wake the orders flow."""
        self.ensure_one()
        orders = self.env["sale.channel.order"]
        orders._check_operator()
        # Whoever may see the channel may ask for its orders.
        self.channel_id.check_access("read")
        flow = self.channel_id.sudo().flow_ids.filtered(lambda f: f.kind == "orders_in")
        if not flow.enabled:
            raise UserError(
                self.env._("Enable the flow of orders of this channel first.")
            )
        if self.mode == "numbers":
            return self._import_numbers()
        return self._import_period()

    def _import_numbers(self):
        found = re.split(r"[\s,;]+", self.numbers or "")
        numbers = set(found) - {""}
        if not numbers:
            raise UserError(self.env._("Write at least one order number."))
        if any(len(number) > NUMBER_LIMIT for number in numbers):
            raise UserError(self.env._("That is too long for an order number."))
        requests = self.env["sale.channel.order.request"].sudo()
        rows = requests._request_numbers(self.channel_id, numbers)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_order.sale_channel_order_action"
        )
        action["domain"] = [("id", "in", rows.ids)]
        return action

    def _import_period(self):
        if not self.date_from or not self.date_to or self.date_from >= self.date_to:
            raise UserError(self.env._("Choose a period."))
        self.env["sale.channel.order.request"].sudo().create(
            {
                "channel_id": self.channel_id.id,
                "date_from": self.date_from,
                "date_to": self.date_to,
            }
        )
        self.channel_id._wake_flows(["orders_in"])
        return notification(
            self.env._("The orders of the period will come in shortly."), follow=CLOSE
        )
