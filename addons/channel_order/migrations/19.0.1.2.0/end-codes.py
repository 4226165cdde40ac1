from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """The code of a test purchase is a word of ours.

    Last, when all addons that store codes are there.
    """
    env = api.Environment(cr, SUPERUSER_ID, {})
    env["sale.channel.text"]._rename("test_order", "test_purchase")
