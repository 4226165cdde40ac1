from odoo import SUPERUSER_ID, api

from odoo.addons.channel_order.tools import upgrade


def migrate(cr, version):
    upgrade.place_rows(api.Environment(cr, SUPERUSER_ID, {}))
