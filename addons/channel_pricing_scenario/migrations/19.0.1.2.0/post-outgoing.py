from odoo import SUPERUSER_ID, api

from odoo.addons.channel_pricing_scenario.tools.upgrade import move_outgoing


def migrate(cr, version):
    """What was sent, differences and changes that wait go on in the common outbox."""
    move_outgoing(api.Environment(cr, SUPERUSER_ID, {}))
