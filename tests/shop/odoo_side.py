"""What a worker process does inside Odoo for the tests with a real shop.

As in :mod:`e2e.odoo_side`: an environment, plain values, an answer that fits in JSON.
"""

from devtool.odoo_scripts import demo_medusa


def make_channel(env, name, keys, flows):
    """A live channel of a shop with these flows on; ids of the channel and its flows.

    :param keys: see :class:`shop.medusa_shop.Keys`
    :param flows: kinds that are switched on
    """
    channel = demo_medusa.make_channel(demo_medusa.in_company(env), name, keys)
    channel.send_brand = False
    channel.flow_ids.filtered(lambda flow: flow.kind in flows).enabled = True
    channel.state = "live"
    return {
        "channel": channel.id,
        "flows": {flow.kind: flow.id for flow in channel.flow_ids},
    }


def make_product(env, sku, name, price, stock, **values):
    """A product with its price without taxes and its stock; its id."""
    env = demo_medusa.in_company(env)
    return demo_medusa.make_product(env, sku, name, price, stock, **values).id


def describe_order(env, channel_id, external_id):
    """What became of an order of the shop."""
    row = env["sale.channel.order"].search(
        [("channel_id", "=", channel_id), ("external_id", "=", external_id)]
    )
    order = row.sale_order_id
    return {
        "state": row.state,
        "error": row.error_message,
        "order": order.id,
        "order_state": order.state,
        "total": f"{order.amount_total:.2f}",
        "currency": order.currency_id.name,
        "customer": row.partner_id.id,
        "customer_name": row.partner_id.name,
        "emails": (row.partner_id | row.partner_id.child_ids).mapped("email"),
        "lines": {
            line.product_id.default_code: line.product_uom_qty
            for line in order.order_line
            if line.product_id.is_storable
        },
        "answers": {
            answer.slot: answer.outcome or answer.error_message or answer.sync_state
            for answer in row.answer_ids
        },
    }


def free_quantity(env, sku):
    """What is left to sell in Odoo."""
    product = env["product.product"].search([("default_code", "=", sku)])
    return product.with_company(env.ref("base.main_company")).free_qty


def deliver(env, order_id, tracking):
    """Let everything of an order leave, with a tracking number."""
    order = env["sale.order"].browse(order_id)
    for picking in order.picking_ids.filtered(lambda one: one.state != "done"):
        picking.carrier_tracking_ref = tracking
        for move in picking.move_ids:
            move.quantity = move.product_uom_qty
        picking.move_ids.picked = True
        picking.with_context(skip_sms=True).button_validate()
    return sorted(set(order.picking_ids.mapped("state")))
