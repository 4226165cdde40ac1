"""Foreign documents that had lost their letters."""

from odoo.api import SUPERUSER_ID, Environment


def migrate(cr, version):
    env = Environment(cr, SUPERUSER_ID, {})
    env["sale.channel.identity"]._repair_lossy_documents()
