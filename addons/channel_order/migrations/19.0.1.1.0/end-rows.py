from odoo import SUPERUSER_ID, api

from odoo.addons.channel_order.tools import upgrade


def migrate(cr, version):
    """Orders that were rejected before say what was bought and what they wait for;
    those whose sale order was deleted ask.

    Last, because it takes the providers' addons to read what they sent.
    """
    upgrade.repair_rows(api.Environment(cr, SUPERUSER_ID, {}))
