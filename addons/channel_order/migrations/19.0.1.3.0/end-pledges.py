from odoo import SUPERUSER_ID, api

from odoo.addons.channel_order.tools import upgrade


def migrate(cr, version):
    """Rows without a confirmed sale order say what was bought with them.

    Last, because it takes the providers' addons to read what they sent.
    """
    upgrade.keep_pledges(api.Environment(cr, SUPERUSER_ID, {}))
