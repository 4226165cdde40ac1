from odoo import models


class SaleChannelProvider(models.AbstractModel):
    _inherit = "sale.channel.provider"

    def _get_default_country(self, channel):
        """Country (``res.country``) of buyers about whom the channel names none; empty
        for that of the company. What the channel's settings say goes before it."""
        return self.env["res.country"]

    def _get_buyer_profile_url(self, channel, buyer):
        """Address of a buyer's public page on the channel.

        :param buyer: one ``sale.channel.partner`` of this channel
        :return: an http(s) URL, or False when the channel has no such page
        """
        return False
