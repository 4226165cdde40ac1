"""What an account may do, noticed while nobody has a transaction open."""

import logging

from odoo import SUPERUSER_ID, api

from odoo.addons.channel_base.tools.conflicts import CONFLICTS

_logger = logging.getLogger(__name__)


class SellerNote:
    """Keeps on a channel what its account may do, in a transaction of its own."""

    def __init__(self, registry, channel_id):
        self.registry = registry
        self.channel_id = channel_id

    def __call__(self, seller):
        """Who is in somebody's way leaves it to the next one who notices.

        :param seller: :class:`..lib.account.Seller`
        """
        try:
            with self.registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                env["sale.channel"].browse(self.channel_id)._note_seller(seller)
        except CONFLICTS as error:
            _logger.info("account of channel %s not noted: %s", self.channel_id, error)
