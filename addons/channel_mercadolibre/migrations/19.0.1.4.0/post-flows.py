from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Give the channels that were there before the flows of their catalogue."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    channels = env["sale.channel"].with_context(active_test=False)
    for channel in channels.search([("channel_type", "=", "mercadolibre")]):
        channel._ensure_flows()
