"""Foreign documents that had lost their letters."""

from odoo.api import SUPERUSER_ID, Environment

from odoo.addons.channel_partner.tools.upgrade import repair_lossy_documents


def migrate(cr, version):
    repair_lossy_documents(Environment(cr, SUPERUSER_ID, {}))
