from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Tell the responsibles of channels that share an account."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    env["sale.channel.credential"]._report_doubles()
