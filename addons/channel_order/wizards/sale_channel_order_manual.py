from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.channel_base.lib.errors import ChannelError

from ..lib.fingerprint import fingerprint
from ..lib.lifecycle import PENDING


class SaleChannelOrderManual(models.TransientModel):
    """Enter a rejected order by hand: the row is settled by the quotation it opens,
    so that no retry makes the order a second time.

    With ``sudo``: the inbox is the server's; who may enter an order was checked.
    """

    _name = "sale.channel.order.manual"
    _description = "Enter a Channel Order by Hand"

    order_id = fields.Many2one("sale.channel.order", required=True)
    company_id = fields.Many2one(related="order_id.company_id")
    reason = fields.Char(related="order_id.error_message")
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
    )
    sale_order_id = fields.Many2one(
        "sale.order",
        "Already entered as",
        domain="[('company_id', '=', company_id), ('state', '!=', 'cancel')]",
        help="When somebody has made its order in Odoo already.",
    )

    @api.depends("order_id")
    def _compute_partner_id(self):
        for wizard in self:
            wizard.partner_id = wizard.order_id.partner_id

    def action_enter(self):
        """Open the quotation, or link the order that was made already."""
        self.ensure_one()
        row = self.order_id
        row._check_operator()
        if row.sale_order_id:
            raise UserError(
                self.env._("It is %(order)s already.", order=row.sale_order_id.name)
            )
        self._lock(row)
        self._check_linked()
        # Unreadable data is one of the reasons to enter an order by hand.
        order = row.sudo()._read_if_readable()
        sale_order = self.sale_order_id or self._create_quotation(row, order)
        row = row.sudo()
        row.env["sale.channel.order.proposal"]._withdraw_all(row)
        customer = [sale_order.partner_id.id, sale_order.partner_shipping_id.id]
        told = order and {**fingerprint(order), "customer": customer}
        row._apply(
            "entered",
            {
                "sale_order_id": sale_order.id,
                "partner_id": sale_order.partner_id.id,
                "imported_print": told,
            },
            order=sale_order.name,
            user=self.env.user.name,
        )
        row.env["sale.channel.order.line"]._renew(row)
        return sale_order.get_formview_action()

    def _lock(self, row):
        """:raises UserError: it is being worked on right now"""
        row.sudo().lock_for_update(allow_referencing=True)
        if row.sync_state in PENDING:
            raise UserError(
                self.env._("It is being tried at the moment: look again in a minute.")
            )
        if not self.env["sale.channel.order.life"]._can("entered", row):
            raise UserError(
                self.env._("Only orders that did not go through are entered by hand.")
            )

    def _check_linked(self):
        """:raises UserError: the order that is there already is another one's"""
        linked, channel = self.sale_order_id, self.order_id.channel_id
        if not linked:
            return
        linked.check_access("write")
        foreign = linked.sale_channel_id not in (channel, channel.browse())
        taken = linked.sudo().channel_order_ids
        if linked.company_id != channel.company_id or foreign or taken:
            raise UserError(
                self.env._(
                    "%(order)s belongs to another order of a channel, or to another "
                    "company.",
                    order=linked.name,
                )
            )

    def _create_quotation(self, row, order):
        if not self.partner_id:
            raise UserError(self.env._("Choose the customer."))
        channel = row.channel_id
        values = {
            "company_id": channel.company_id.id,
            "sale_channel_id": channel.id,
            "partner_id": self.partner_id.id,
            "client_order_ref": row.number,
            "origin": f"{channel.name}: {row.number}",
        }
        if order:
            values["order_line"] = self._prepare_lines(row, order)
            shipment = order.shipment
            values["channel_fulfilled"] = bool(shipment and shipment.by_channel)
            values["channel_shipped"] = bool(shipment and shipment.shipped)
        if channel.warehouse_id:
            values["warehouse_id"] = channel.warehouse_id.id
        if channel.pricelist_id:
            values["pricelist_id"] = channel.pricelist_id.id
        if row.placed_at:
            values["date_order"] = row.placed_at
        orders = self.env["sale.order"].with_company(channel.company_id)
        orders.check_access("create")
        self.partner_id.check_access("read")
        # What ties it to the channel is the server's to write.
        return orders.sudo().create(values).with_env(orders.env)

    def _prepare_lines(self, row, order):
        """What is known becomes a line; the rest is written down for the person."""
        channel = row.channel_id.sudo()
        batch = channel.env["sale.channel.order.lookup"]._open(channel)
        builder = channel.env["sale.channel.order.builder"]
        wanted = channel.pricelist_id.currency_id or channel.company_id.currency_id
        commands = []
        for line in order.lines:
            try:
                parts = builder._split(batch, order, line)
            except ChannelError:
                parts = None
            if parts and order.currency == wanted.name:
                commands += builder._prepare_line(line, parts)
            else:
                commands.append(self._prepare_note(order, line))
        shipment = order.shipment
        for label, amount in (
            (self.env._("Freight"), shipment and shipment.buyer_cost),
            (self.env._("Discount of the seller"), order.seller_discount),
        ):
            if amount:
                text = f"{label}: {amount} {order.currency}"
                note = {"display_type": "line_note", "name": text}
                commands.append(Command.create(note))
        return commands

    def _prepare_note(self, order, line):
        text = f"{line.sku or line.item_id} {line.title}: "
        text += f"{line.quantity} × {line.unit_price} {order.currency}"
        return Command.create({"display_type": "line_note", "name": text})
