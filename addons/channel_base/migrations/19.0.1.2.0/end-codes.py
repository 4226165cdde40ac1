from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Codes of errors have neutral names.

    Last, when all addons that store codes are there.
    """
    env = api.Environment(cr, SUPERUSER_ID, {})
    env["sale.channel.text"]._rename("not_owned", "other_account")
