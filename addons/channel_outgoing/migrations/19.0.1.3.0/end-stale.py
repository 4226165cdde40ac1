from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Flows that were there before raise the alarm that new ones would."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    env["sale.channel.outgoing.progress"]._propose_stale()
