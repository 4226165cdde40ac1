"""Search keys, placeholder numbers and addresses of databases made before."""

from odoo.api import SUPERUSER_ID, Environment


def migrate(cr, version):
    env = Environment(cr, SUPERUSER_ID, {})
    env["res.partner"]._repair_document_keys()
    env["sale.channel.identity"]._release_placeholders()
    env["sale.channel.identity"]._repair_billing()
