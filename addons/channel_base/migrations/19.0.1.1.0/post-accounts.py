from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Tell the responsibles of channels that share an account."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    doubles = env["sale.channel.credential"].search([("account_claim", "=", "doubled")])
    env["sale.channel.account"]._report_doubles(doubles)
