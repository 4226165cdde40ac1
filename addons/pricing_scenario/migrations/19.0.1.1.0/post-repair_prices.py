from odoo.api import SUPERUSER_ID, Environment


def migrate(cr, _version):
    env = Environment(cr, SUPERUSER_ID, {})
    env["sale.order.line"]._note_lists_of_open_orders()
    env["sale.order"]._release_archived_lists()
    env["res.partner"]._repair_pricing_of_contacts()
