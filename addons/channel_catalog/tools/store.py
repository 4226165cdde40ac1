from contextlib import contextmanager

from odoo import SUPERUSER_ID, api


class ChannelStore:
    """What a writer asks of Odoo while it writes, each time in a transaction of its
    own."""

    def __init__(self, registry, channel_id):
        self.registry = registry
        self.channel_id = channel_id

    @contextmanager
    def _open(self):
        with self.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})
