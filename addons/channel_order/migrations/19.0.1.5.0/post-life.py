from odoo import SUPERUSER_ID, api

from odoo.addons.channel_order.tools import upgrade


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    upgrade.place_rows(env)
    upgrade.hold_cancelled(env)
