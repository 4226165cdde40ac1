"""Looking orders up while no transaction is open."""

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry


def get_order_finder(channel):
    """A function that finds the orders of lines that no sale order counts, in a cursor
    of its own.

    :return: function of lines' external ids → dict line → external id of its order
    """
    dbname, channel_id = channel.env.cr.dbname, channel.id

    def find(lines):
        with Registry(dbname).cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            rows = env["sale.channel.order.line"].search_fetch(
                [
                    ("external_id", "in", list(lines)),
                    ("order_id.channel_id", "=", channel_id),
                ],
                ["external_id", "order_id"],
            )
            return {row.external_id: row.order_id.external_id for row in rows}

    return find
