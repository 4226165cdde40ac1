"""Search keys, placeholder numbers and addresses of databases made before."""

from odoo.api import SUPERUSER_ID, Environment

from odoo.addons.channel_partner.tools.upgrade import (
    release_placeholders,
    repair_billing,
)


def migrate(cr, version):
    env = Environment(cr, SUPERUSER_ID, {})
    env["res.partner"]._repair_document_keys()
    release_placeholders(env)
    repair_billing(env)
