from odoo import SUPERUSER_ID, api


class ChannelStore:
    """What a writer asks of Odoo while it writes, each time in a transaction of its
    own, so that none is open while the channel is awaited and what is noted is known
    whatever becomes of the batch."""

    def __init__(self, registry, channel_id):
        self.registry = registry
        self.channel_id = channel_id

    def _ask(self, model, method, *args):
        """Call a method of a model with the channel and what is asked."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            channel = env["sale.channel"].browse(self.channel_id)
            return getattr(env[model], method)(channel, *args)
