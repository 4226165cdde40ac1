from odoo.api import SUPERUSER_ID, Environment


def migrate(cr, _version):
    env = Environment(cr, SUPERUSER_ID, {})
    env["website"]._keep_prices_without_contract()
